import { readFile } from 'node:fs/promises'

/** The engine with its core, as built: every build function is exported. */
export async function loadEngine(): Promise<Uint8Array> {
  return readFile(new URL('./engine.wasm', import.meta.url))
}

/**
 * What a plugin is made of: the engine without what only a build calls. It has the engine's memory and
 * table, and takes the state of one.
 *
 * @param sockets whether the plugin calls functions of the direct layer.
 */
export async function loadBase(sockets: boolean): Promise<Uint8Array> {
  return readFile(new URL(sockets ? './base.wasm' : './plain-base.wasm', import.meta.url))
}

/** The natives that only plugins with sockets have, by name: their slots in the engine's table. */
export async function loadSocketNatives(): Promise<ReadonlyMap<string, number>> {
  const slots: Record<string, number> = JSON.parse(await readFile(socketNativesFile, 'utf8'))
  return new Map(Object.entries(slots))
}

/** Bytecode of a script of `globalScripts`, to be evaluated in an engine. */
export async function loadGlobal(name: string): Promise<Uint8Array> {
  return readFile(globalFile(name))
}

/** @internal As the next. */
export const socketNativesFile = new URL('./socket-natives.json', import.meta.url)

/** @internal Where the engine's build puts it. */
export function globalFile(name: string): URL {
  return new URL(`./globals/${name}.bytecode`, import.meta.url)
}
