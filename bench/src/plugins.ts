import { fileURLToPath } from 'node:url'

/** The source file of a plugin in plugins/. */
export function entryOf(name: string): string {
  return fileURLToPath(new URL(`../plugins/${name}.ts`, import.meta.url))
}
