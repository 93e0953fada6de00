export { observe, type ObserveOptions, type Observed, type Observation } from './observe.js'
