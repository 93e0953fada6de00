import { contract } from './contract.js'
import { hostings } from './hosting.js'

for (const hosting of hostings('event')) contract(hosting)
