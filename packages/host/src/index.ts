export { EwsError, type ErrorCode } from '@extism-ws/protocol'
export type {
  CallContext,
  ExtismSdk,
  HostFunctions,
  RawPlugin,
  SdkFunctions,
} from './bridge/sdk.js'
export type { DeflateOptions } from './connection/deflate.js'
export type { HeartbeatOptions } from './connection/heartbeat.js'
export type { LostConnection, ReconnectOptions } from './connection/reconnect-options.js'
export { createPlugin } from './create-plugin.js'
export { PluginError } from './guest/plugin-error.js'
export { defaultRestart, type RestartOptions } from './guest/restart-budget.js'
export { defaultHttpLimits, type HttpLimits } from './http/limits.js'
export type { ShareOptions } from './hub/shared.js'
export { SocketHub, type HubOptions } from './hub/socket-hub.js'
export type { WarmOptions } from './hub/warm.js'
export type { AcceptOptions } from './inbound/accept-options.js'
export { defaultLimits, type Limits } from './limits.js'
export type { Logger, LogLevel, LogOptions } from './logger.js'
export type {
  ChannelMessages,
  ChannelName,
  DispatchMessage,
  PluginIdentity,
  PluginRestartMessage,
  RefusedMessage,
  SocketCloseMessage,
  SocketConnectingMessage,
  SocketErrorMessage,
  SocketOpenMessage,
  SocketReconnectingMessage,
  SocketTraffic,
} from './metrics/channels.js'
export type {
  CodeCounts,
  HistogramSnapshot,
  Measured,
  PluginMetrics,
  UrlMetrics,
} from './metrics/plugin-metrics.js'
export { prometheusContentType, prometheusText } from './metrics/prometheus.js'
export type { Mode } from './mode/mode.js'
export type { ModeOption } from './mode/choose.js'
export type { Manifest, ManifestLike, WasmSource } from './module/manifest.js'
export type { HttpOptions, PluginOptions, SessionOptions, SocketOptions } from './options.js'
export { PluginOutput } from './output.js'
export type { Authorize, ConnectionAttempt, Preparation, Prepare } from './policy/index.js'
export type { CallOptions, Plugin } from './plugin.js'
export type { Pem, TlsOptions, TlsServerOptions } from './tls/index.js'
export { withSockets, type SocketSupport } from './with-sockets.js'
