import { compile } from '@extism-ws/compiler'
import { fileURLToPath } from 'node:url'
import { expect } from 'vitest'

import { createPlugin, type CallContext, type Plugin, type PluginOptions } from '../../src/index.js'
import { hostedBy, hostings, named, type Hosting } from '../contract/hosting.js'

/** Every mode and SDK; Node 20 cannot suspend Wasm, and a newer one runs this (test/newer-node.test.ts). */
export const ways = (['event', 'worker', 'jspi'] as const)
  .filter((mode) => mode !== 'jspi' || 'Suspending' in WebAssembly)
  .flatMap((mode) => hostings(mode).filter(({ layer }) => layer === 'direct'))
  .map((hosting) => ({
    title: named(hosting).replace(', direct layer', ''),
    hosting,
    mode: hosting.mode ?? 'event',
    /** Whether an asynchronous function can be waited for. */
    waits: hosting.mode !== 'event',
  }))

/** What one of the integrator's functions does in a test. */
export type Behaviour = (context: CallContext, argument: number) => unknown

/** The integrator's functions: they do what the test wants. */
export class Integrator {
  behaviour: Behaviour = () => 0

  get functions(): NonNullable<PluginOptions['functions']> {
    const run = (context: CallContext, argument: number): never =>
      this.behaviour(context, argument) as never
    const names = ['to_i32', 'to_i64', 'to_f64', 'to_void', 'to_block']
    return { 'extism:host/user': Object.fromEntries(names.map((name) => [name, run])) }
  }
}

let compiled: Promise<Uint8Array> | undefined

/** The plugin of test/plugins/functions.ts. */
export function functionsPlugin(): Promise<Uint8Array> {
  const path = (name: string): string =>
    fileURLToPath(new URL(`../plugins/${name}`, import.meta.url))
  compiled ??= compile({
    entry: path('functions.ts'),
    interface: path('functions-interface.d.ts'),
  }).then(({ wasm }) => wasm)
  return compiled
}

export async function create(
  hosting: Hosting,
  integrator: Integrator,
  options: PluginOptions = {},
  wasm?: Uint8Array,
): Promise<Plugin> {
  return createPlugin(wasm ?? (await functionsPlugin()), {
    ...hostedBy(hosting),
    functions: integrator.functions,
    timeoutMs: 5000,
    logLevel: 'silent',
    ...options,
  })
}

/** What the guest saw of the function. */
export async function invoke(plugin: Plugin, name = 'to_i32'): Promise<unknown> {
  return (await plugin.call('invoke', name))?.json()
}

/** Nothing is left of what went wrong. */
export async function expectAlive(plugin: Plugin, integrator: Integrator): Promise<void> {
  integrator.behaviour = (_context, argument) => argument + 1
  expect(await invoke(plugin)).toEqual({ value: '8' })
  expect((await plugin.call('ping'))?.text()).toBe('pong')
  expect(plugin.restarts).toBe(0)
  expect(plugin.open).toEqual({ sockets: 0, requests: 0, calls: 0 })
}

export const pause = (milliseconds: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, milliseconds))
