import { fileURLToPath } from 'node:url'

/** The source file of a plugin in plugins/. */
export function entryOf(name: string): string {
  return fileURLToPath(new URL(`../plugins/${name}.ts`, import.meta.url))
}

/** The interface file of a plugin in plugins/ that has one. */
export function interfaceOf(name: string): string {
  return fileURLToPath(new URL(`../plugins/${name}.d.ts`, import.meta.url))
}
