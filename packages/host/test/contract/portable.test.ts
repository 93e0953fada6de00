import { cancelContract } from './cancel.js'
import { httpContract } from './http.js'
import { keptContract } from './kept.js'
import { loopContract } from './loop.js'
import { contractSuite } from './suite.js'

for (const sdk of ['1.0.3', '2.0.0-rc13'] as const) {
  contractSuite({ sdk, layer: 'portable' })
  httpContract({ sdk, layer: 'portable' })
  loopContract({ sdk, layer: 'portable' })
  cancelContract({ sdk, layer: 'portable' })
  keptContract({ sdk, layer: 'portable' })
}
