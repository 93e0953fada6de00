import { describe } from 'vitest'

import { contract } from './contract.js'
import { hostings } from './hosting.js'

// Node 20 cannot suspend Wasm: there, a newer one runs this (test/newer-node.test.ts).
describe.skipIf(!('Suspending' in WebAssembly))('where Wasm can be suspended', () => {
  for (const hosting of hostings('jspi')) contract(hosting)
})
