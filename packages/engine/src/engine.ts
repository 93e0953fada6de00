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

/** Bytecode of a script of `globalScripts`, to be evaluated in an engine. */
export async function loadGlobal(name: string): Promise<Uint8Array> {
  return readFile(globalFile(name))
}

/** @internal Where the engine's build puts it. */
export function globalFile(name: string): URL {
  return new URL(`./globals/${name}.bytecode`, import.meta.url)
}
