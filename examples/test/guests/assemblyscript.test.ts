import { describe } from 'vitest'

import { assemblyScript } from './languages.js'
import { guestSuite } from './suite.js'

describe('a plugin in AssemblyScript', () => guestSuite(assemblyScript))
