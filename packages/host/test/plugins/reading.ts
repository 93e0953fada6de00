// The ways of reading a socket.

export { batches, receiveBatch } from './reading/batch.js'
export {
  callback,
  callbackArguments,
  goingOn,
  switching,
  throwing,
  tooLong,
  unreadFirst,
} from './reading/callback.js'
export { keptBehindFloods, keptMessages } from './reading/kept.js'
export { listenersChange } from './reading/listeners.js'
export { arrived, brokenOff, inTurn } from './reading/loop.js'
export { together } from './reading/together.js'
