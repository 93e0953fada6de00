export type { ConnectionAttempt } from './attempt.js'
export type { Authorize } from './authorize.js'
export { httpRequests, webSockets } from './family.js'
export { isCredential, isToken } from './header.js'
export { hostOf, HostPattern } from './host-pattern.js'
export { originOf } from './place.js'
export {
  Policy,
  type CheckedRequest,
  type PolicyOptions,
  type PreparedRequest,
  type SocketPolicyOptions,
} from './policy.js'
export type { Preparation, Prepare } from './prepare.js'
export { portOf } from './rule.js'
