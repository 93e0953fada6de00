import { compile } from '@extism-ws/compiler'
import { createPlugin, type Plugin } from '@extism-ws/host'
import { onTestFinished } from 'vitest'
import { WebSocket } from 'ws'

import { inPackage } from '../program.js'
import type { TestServer } from './servers/server.js'

// Node has a WebSocket of its own from version 22 on.
Object.assign(globalThis, { WebSocket: Reflect.get(globalThis, 'WebSocket') ?? WebSocket })

/** A plugin of clients/, which may reach this server and nothing else. It ends with the test. */
export async function openClient(name: string, url: string): Promise<Plugin> {
  const { wasm } = await compile({ entry: inPackage(`clients/${name}/plugin.ts`) })
  // On a busy machine the table that mqtt makes at first takes longer than the default allows.
  return kept(await createPlugin(wasm, { sockets: { allow: [url] }, timeoutMs: 20_000 }))
}

/** What an export of a plugin answers. */
export async function answer(plugin: Plugin, name: string, input = ''): Promise<unknown> {
  return (await plugin.call(name, input))?.json()
}

/** A value as it arrives where it was sent as JSON: the answer of a plugin is. */
export function asJson(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value)) as unknown
}

/** What a scenario comes to in Node and in a plugin, each with a server of its own. */
export async function outcomes(
  name: string,
  start: () => Promise<TestServer>,
  scenario: (url: string) => Promise<unknown>,
): Promise<{ inNode: unknown; inPlugin: unknown }> {
  const first = kept(await start())
  const inNode = asJson(await scenario(first.url))
  await first[Symbol.asyncDispose]()
  const { url } = kept(await start())
  return { inNode, inPlugin: await answer(await openClient(name, url), 'run', url) }
}

/** Ends with the test, also with one that takes too long: then `await using` is never left. */
export function kept<Thing extends AsyncDisposable>(thing: Thing): Thing {
  onTestFinished(async () => thing[Symbol.asyncDispose]())
  return thing
}
