import { Buffer } from 'buffer'

import { define } from './define.js'
import { useEngine } from './buffer/encoding.js'

useEngine(Buffer)
define({ Buffer })
