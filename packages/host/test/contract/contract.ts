import { cancelContract } from './cancel.js'
import { codecContract } from './codecs.js'
import type { Hosting } from './hosting.js'
import { httpSyncContract } from './http-sync.js'
import { httpContract } from './http.js'
import { connectionsContract } from './connections.js'
import { keptContract } from './kept.js'
import { loopContract } from './loop.js'
import { memoryContract } from './memory.js'
import { readingContract } from './reading.js'
import { restartContract } from './restart.js'
import { sendingContract } from './sending.js'
import { contractSuite } from './suite.js'
import { waitingContract } from './waiting.js'

/** Everything that holds for every way of hosting. */
export function contract(hosting: Hosting): void {
  contractSuite(hosting)
  httpContract(hosting)
  httpSyncContract(hosting)
  loopContract(hosting)
  cancelContract(hosting)
  connectionsContract(hosting)
  keptContract(hosting)
  readingContract(hosting)
  sendingContract(hosting)
  waitingContract(hosting)
  restartContract(hosting)
  codecContract(hosting)
  memoryContract(hosting)
}
