import { fileURLToPath } from 'node:url'
import { compile, type CompileOptions } from '@extism-ws/compiler'

const modules = new Map<string, Promise<Uint8Array>>()

/** The source file of a plugin in plugins/. */
export function entryOf(name: string): string {
  return fileURLToPath(new URL(`../plugins/${name}.ts`, import.meta.url))
}

/** The interface file of a plugin in plugins/ that has one. */
export function interfaceOf(name: string): string {
  return fileURLToPath(new URL(`../plugins/${name}.d.ts`, import.meta.url))
}

/** The module of a plugin in plugins/, which several rows may need: it is compiled once. */
export function moduleOf(
  name: string,
  options: Omit<CompileOptions, 'entry'> = {},
): Promise<Uint8Array> {
  const key = JSON.stringify([name, options])
  const known = modules.get(key)
  if (known !== undefined) return known
  const made = compile({ entry: entryOf(name), ...options }).then(({ wasm }) => wasm)
  modules.set(key, made)
  return made
}
