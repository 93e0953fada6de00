import { contractSuite } from './suite.js'

contractSuite({ sdk: '1.0.3', layer: 'portable' })
contractSuite({ sdk: '2.0.0-rc13', layer: 'portable' })
