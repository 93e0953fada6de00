export type { Pem, TlsOptions, TlsServerOptions } from './options.js'
export { Tls } from './tls.js'
