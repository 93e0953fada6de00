export { httpRequests } from './family.js'
export { isCredential, isToken } from './header.js'
export { Policy, type HttpPolicyOptions, type PolicyOptions } from './policy.js'
