/**
 * Loading Extism makes Node warn that WASI is experimental. Nobody who runs these programs can do
 * anything about it, so that one warning is dropped; every other one is printed as always.
 *
 * To be called before the first plugin is created, which is when Extism is loaded.
 */
export function quietWasi(): void {
  const emitWarning = process.emitWarning
  process.emitWarning = (warning: string | Error, ...rest: unknown[]): void => {
    if (rest[0] === 'ExperimentalWarning' && String(warning).startsWith('WASI ')) return
    Reflect.apply(emitWarning, process, [warning, ...rest])
  }
}
