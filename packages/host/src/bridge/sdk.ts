/** The part of the SDK's CallContext that host functions use; the same in 1.0.3 and 2.0.0-rc13. */
export interface CallContext {
  /** A view of a block, or null for an offset that is none. */
  read(offset: bigint): { bytes(): Uint8Array } | null
  /** A new block with a copy. */
  store(data: string | Uint8Array): bigint
  /** A new block of so many bytes. */
  alloc(size: bigint): bigint
}

/** Host functions of one namespace: functions of any Wasm parameters. */
export type HostFunctions = Record<
  string,
  (context: CallContext, ...args: never[]) => HostFunctionResult | Promise<HostFunctionResult>
>

/** What a host function may return, by the Wasm type of its result. */
type HostFunctionResult = number | bigint | void

/** The same as the SDK's `functions` option wants them: it passes whatever the guest passed. */
export type SdkFunctions = Record<
  string,
  Record<string, (context: CallContext, ...args: unknown[]) => number | bigint | void>
>

/** The part of the SDK's Plugin that this package calls. */
export interface RawPlugin {
  call(name: string, input?: string | Uint8Array, hostContext?: unknown): Promise<RawOutput | null>
  reset(): Promise<boolean>
  /** SDK 1 asks which module of the manifest is meant, by default the first; SDK 2 knows. */
  getInstance(module?: string): Promise<WebAssembly.Instance>
  getExports(module?: string): Promise<WebAssembly.ModuleExportDescriptor[]>
  getImports(module?: string): Promise<WebAssembly.ModuleImportDescriptor[]>
  close(): Promise<void>
}

interface RawOutput {
  bytes(): Uint8Array
}

/** The SDK, for those who have it under another name, or in another version than the installed one. */
export interface ExtismSdk {
  createPlugin(manifest: never, options: never): Promise<RawPlugin>
}
