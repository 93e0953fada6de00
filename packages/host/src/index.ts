export { EwsError, type ErrorCode } from '@extism-ws/protocol'
export type { CallContext, HostFunctions, RawPlugin, SdkFunctions } from './bridge/sdk.js'
export { createPlugin } from './create-plugin.js'
export { PluginError } from './guest/plugin-error.js'
export { defaultHttpLimits, type HttpLimits } from './http/limits.js'
export { defaultLimits, type Limits } from './limits.js'
export type { Logger, LogLevel } from './logger.js'
export type { Manifest, ManifestLike, WasmSource } from './module/manifest.js'
export type {
  ExtismSdk,
  HttpOptions,
  PluginOptions,
  SessionOptions,
  SocketOptions,
} from './options.js'
export { PluginOutput } from './output.js'
export type { CallOptions, Plugin } from './plugin.js'
export { withSockets, type SocketSupport } from './with-sockets.js'
