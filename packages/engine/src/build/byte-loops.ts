import { call, i32Const, localGet, localSet, op, type Code, type Module } from '@extism-ws/wasm'

/** A loop over the bytes of a text in QuickJS's code, which asks for the highest bit of each. */
interface TextLoop {
  readonly in: string
  readonly code: string
  /** @param count the function that counts these bits. */
  readonly instead: (count: number) => readonly Code[]
}

const textLoops: readonly TextLoop[] = [
  {
    // Of a new string, whose text is local 1 and its length local 2: into local 3, negative as a byte if there is one.
    in: 'JS_NewStringLen',
    code: '034020022004470440200120046a2d00002003722103200441016a21040c010b0b',
    instead: (count) => [
      ...[localGet(1), localGet(2), call(count), op.i32Eqz],
      ...[i32Const(1), op.i32Sub, localSet(3)],
    ],
  },
  {
    // Of a string that C is to read, local 7 and its length local 6: how many there are, into local 3.
    in: 'JS_ToCStringLen2',
    code: '0340200420064704402003200420076a2d00004107766a2103200441016a21040c010b0b',
    instead: (count) => [localGet(7), localGet(6), call(count), localSet(3)],
  },
]

/**
 * Puts functions of the glue in the place of loops over single bytes, which are most of what a large text costs:
 * `memcmp`, by which strings are compared, `memchr`, by which bytes are found, and the looks whether a text is ASCII.
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
  const count = indexOf('ews_beyondAscii')
  for (const { in: name, code, instead } of textLoops) {
    const [ahead, behind, more] = Buffer.from(bodyOf(name)).toString('hex').split(code)
    if (ahead === undefined || behind === undefined || more !== undefined) {
      throw new Error(`${name} of QuickJS is another one: find its loop again, or leave it`)
    }
    const look = Buffer.from(
      instead(count).flatMap((part) => (typeof part === 'number' ? [part] : [...part])),
    )
    module.code[indexOf(name) - imported] = Buffer.from(
      ahead + look.toString('hex') + behind,
      'hex',
    )
  }
}
