import { unsignedLeb128, op, type Module } from '@extism-ws/wasm'

/** The loop of `JS_NewStringLen` that finds out whether a text (local 1, length local 2) is ASCII, into local 3. */
const asciiLoop = '034020022004470440200120046a2d00002003722103200441016a21040c010b0b'

/**
 * Puts functions of the glue in the place of loops over single bytes, which are most of what a large text costs:
 * `memcmp`, by which strings are compared, `memchr`, by which bytes are found, and the look whether a new string is
 * ASCII.
 *
 * @throws {Error} when QuickJS is not the one that this was written for.
 */
export function replaceByteLoops(module: Module): void {
  const imported = module.imports.filter(({ kind }) => kind === 'function').length
  const indexOf = (name: string): number => {
    const found = module.exports.find((item) => item.name === name)
    if (found === undefined) throw new Error(`the engine has no function ${name}`)
    return found.index
  }
  const bodyOf = (name: string): Uint8Array => {
    const body = module.code[indexOf(name) - imported]
    if (body === undefined) throw new Error(`${name} has no body`)
    return body
  }
  for (const name of ['memchr', 'memcmp']) {
    module.code[indexOf(name) - imported] = bodyOf(`ews_${name}`)
  }
  const before = Buffer.from(bodyOf('JS_NewStringLen')).toString('hex').split(asciiLoop)
  if (before.length !== 2) throw new Error('JS_NewStringLen of QuickJS is not as it was')
  const local = (number: number): number[] => [op.localGet, number]
  const call = [op.call, ...unsignedLeb128(indexOf('ews_bits'))]
  const look = Buffer.from([...local(1), ...local(2), ...call, op.localSet, 3]).toString('hex')
  module.code[indexOf('JS_NewStringLen') - imported] = Buffer.from(before.join(look), 'hex')
}
