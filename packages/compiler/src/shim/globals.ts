/** By the names that free ones of packages are renamed to: see bundle/package-global.ts. */
export { navigator as __ews_navigator } from './navigator.js'
export { process as __ews_process } from './process.js'
export { constructor as __ews_worker } from './worker.js'
