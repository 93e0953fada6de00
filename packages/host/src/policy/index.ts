export { Policy, type PolicyOptions } from './policy.js'
