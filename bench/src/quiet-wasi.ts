/**
 * Loading Extism makes Node warn that WASI is experimental. That one warning is dropped; every other
 * one is printed as always. To be imported before the SDK is.
 */
const emitWarning = process.emitWarning
process.emitWarning = (warning: string | Error, ...rest: unknown[]): void => {
  if (rest[0] === 'ExperimentalWarning' && String(warning).startsWith('WASI ')) return
  Reflect.apply(emitWarning, process, [warning, ...rest])
}
