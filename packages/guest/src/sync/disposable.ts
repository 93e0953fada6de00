/** Makes `close()` what `using` does with instances of a class. */
export function closeByUsing(prototype: { close(): unknown }): void {
  // Where the engine does not have it, bundlers lower `using` to a look-up of this symbol.
  Object.defineProperty(prototype, Symbol.dispose ?? Symbol.for('Symbol.dispose'), {
    value(this: typeof prototype): void {
      this.close()
    },
    writable: true,
    configurable: true,
  })
}
