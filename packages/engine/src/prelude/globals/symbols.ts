/** Explicit resource management, which this QuickJS does not have yet: esbuild lowers the syntax. */
export function defineDisposeSymbols(): void {
  for (const name of ['dispose', 'asyncDispose'] as const) {
    if (typeof Symbol[name] === 'symbol') continue
    Object.defineProperty(Symbol, name, { value: Symbol(`Symbol.${name}`) })
  }
}
