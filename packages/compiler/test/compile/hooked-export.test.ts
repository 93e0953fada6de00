import { join } from 'node:path'
import { acceptedRecord, directFunctions, encodeRecords } from '@extism-ws/protocol'
import { describe, expect, test } from 'vitest'
import { compile, type CompiledPlugin, type CompileOptions } from '../../src/index.js'
import { open } from '../plugin.js'
import { project } from '../project.js'

const accepting = `
  import type { ConnectionRequest, Socket } from '@extism-ws/guest'
  export function onConnection(socket: Socket, { url, remoteAddress, call }: ConnectionRequest) {
    return [socket.url === url, socket.protocol, remoteAddress, call.id]
  }
`

/** Compiles a plugin of these files, the first of which is its entry. */
async function built(
  files: Readonly<Record<string, string>>,
  options: Omit<CompileOptions, 'entry'> = {},
): Promise<CompiledPlugin> {
  const folder = await project(files)
  const [entry = ''] = Object.keys(files)
  const declared = options.interface
  return compile({
    ...options,
    entry: join(folder, entry),
    ...(declared === undefined ? {} : { interface: join(folder, declared) }),
  })
}

/** Which of the modules for hooked exports are in the plugin. */
function hooks({ modules }: CompiledPlugin): string[] {
  return modules
    .map(({ file }) => /guest\/dist\/(accept|restart)\.js$/.exec(file)?.[1])
    .filter((name) => name !== undefined)
    .sort()
}

/** Calls `onConnection` as a host does that has nothing to say about sockets. */
async function connect({ wasm }: CompiledPlugin): Promise<unknown> {
  const functions = Object.fromEntries(Object.keys(directFunctions).map((name) => [name, () => 0]))
  const plugin = await open(wasm, { 'extism:host/user': functions })
  const record = acceptedRecord({
    ...{ socket: 1, name: '', url: 'ws://a/', protocol: 'v1', extensions: '' },
    ...{ headers: {}, remoteAddress: '::1' },
  })
  return (await plugin.call('onConnection', encodeRecords([record])))?.json()
}

describe('an export onConnection', () => {
  test('gets a socket, also in a plugin that imports nothing but types', async () => {
    const plugin = await built({ 'plugin.ts': accepting })
    expect(await connect(plugin)).toEqual([true, 'v1', '::1', 1])
    expect(plugin.imports).toContain('ws_direct_poll')
    expect(plugin.exports).toEqual(['onConnection'])
  })

  test('does so in a minified plugin, and as CommonJS', async () => {
    expect(await connect(await built({ 'plugin.ts': accepting }, { minify: true }))).toEqual([
      ...[true, 'v1', '::1', 1],
    ])
    const source = 'exports.onConnection = (socket, { url }) => [socket.url, url]'
    expect(await connect(await built({ 'plugin.cjs': source }))).toEqual(['ws://a/', 'ws://a/'])
  })

  test('is declared in an interface file as other exports are', async () => {
    const declared = `declare module 'main' { export function onConnection(): I32 }`
    const files = { 'plugin.ts': accepting, 'plugin.d.ts': declared }
    const plugin = await built(files, { interface: 'plugin.d.ts' })
    expect(plugin.warnings).toEqual([])
    expect(await connect(plugin)).toEqual([true, 'v1', '::1', 1])
  })
})

describe('what the exports of an author need is in the plugin', () => {
  const sockets = `
    import { connect } from '@extism-ws/guest'
    export const run = async () => (await connect('ws://a/')).url
  `

  test('when they are exported', async () => {
    const both = `${sockets}; export function onRestart() {}; export function onConnection() {}`
    expect(hooks(await built({ 'plugin.ts': both }))).toEqual(['accept', 'restart'])
    const restart = `${sockets}; export { run as onRestart }`
    expect(hooks(await built({ 'plugin.ts': restart }))).toEqual(['restart'])
    expect(hooks(await built({ 'plugin.ts': accepting }))).toEqual(['accept'])
  })

  test('and not when they are only named', async () => {
    const named = 'const names = { onConnection: () => 1, onRestart: () => 2 }'
    const plugin = await built({
      'plugin.ts': `${named}; export const run = () => Object.keys(names)`,
    })
    expect(plugin.imports).toEqual([])
    expect(hooks(plugin)).toEqual([])
    const more = `${sockets}; ${named}; export const names2 = () => Object.keys(names)`
    expect(hooks(await built({ 'plugin.ts': more }))).toEqual([])
  })

  test('and not when an interface file leaves them out', async () => {
    const declared = `declare module 'main' { export function run(): I32 }`
    const files = {
      'plugin.ts': `${accepting}; export const run = () => 0`,
      'plugin.d.ts': declared,
    }
    const plugin = await built(files, { interface: 'plugin.d.ts' })
    expect([plugin.imports, hooks(plugin)]).toEqual([[], []])
  })
})
