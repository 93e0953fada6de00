import { execFile } from 'node:child_process'
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import type { AddressInfo } from 'node:net'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { createPlugin } from '@extism-ws/host'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { WebSocketServer } from 'ws'

const run = promisify(execFile)
const root = fileURLToPath(new URL('..', import.meta.url))
const folder = `${root}dist/waiting`

/** The code block of a page that is marked with these words. */
async function snippet(name: string, mark: string): Promise<string> {
  const page = await readFile(new URL(`../../docs/${name}`, import.meta.url), 'utf8')
  const found = new RegExp(`^\`\`\`${mark}\\n([\\s\\S]*?)^\`\`\`$`, 'm').exec(page)?.[1]
  if (found === undefined) throw new Error(`${name} has no block marked "${mark}"`)
  return found
}

let server: WebSocketServer
let feed: string

beforeAll(async () => {
  server = new WebSocketServer({ port: 0, host: '127.0.0.1' })
  server.on('connection', (socket, { url }) => {
    if (url === '/ask') socket.on('message', (data) => socket.send(`${String(data)}, you`))
    else for (const price of [3, 9, 5]) socket.send(JSON.stringify({ price }))
    if (url === '/short') socket.close(4000)
  })
  await new Promise((resolve) => server.once('listening', resolve))
  feed = `ws://127.0.0.1:${(server.address() as AddressInfo).port}`
  await rm(folder, { recursive: true, force: true })
  await mkdir(folder, { recursive: true })
  const page = 'waiting-and-restarts.md'
  await writeFile(`${folder}/waiting.ts`, await snippet(page, 'ts waiting'))
  await writeFile(`${folder}/restarting.ts`, await snippet(page, 'ts restarting'))
  await writeFile(`${folder}/functions.ts`, await snippet('hosting.md', 'ts functions'))
})
afterAll(() => {
  server.close()
})

/** Compiles a snippet by the command. */
async function build(name: string): Promise<string> {
  const bin = `${root}node_modules/@extism-ws/compiler/bin/extism-ws.js`
  await run(process.execPath, [bin, 'build', `${name}.ts`, '-o', `${name}.wasm`], { cwd: folder })
  return `${folder}/${name}.wasm`
}

test('the documented calls wait', async () => {
  const sockets = { allow: [feed] }
  const plugin = await createPlugin(await build('waiting'), { mode: 'auto', sockets })
  try {
    expect(plugin.mode).not.toBe('event')
    expect((await plugin.call('ask', `${feed}/ask`))?.text()).toBe('hello, you')
    const counted = await plugin.call('count', `${feed}/short`)
    expect(counted?.json()).toEqual({ messages: 3, code: 4000 })
    const first = await plugin.call('fastest', `${feed}/ask ${feed}/`)
    expect(first?.json()).toEqual({ price: 3 })
    expect(plugin.open.sockets).toBe(0)
  } finally {
    await plugin.close()
  }
})

test('the documented plugin goes on with its socket', async () => {
  const lines: string[] = []
  const log = (line: string): void => void lines.push(line)
  const plugin = await createPlugin(await build('restarting'), {
    sockets: { allow: [feed] },
    logger: { debug: log, info: log, warn: log, error: log },
  })
  const highest = async (): Promise<string | undefined> => (await plugin.call('highest'))?.text()
  try {
    await plugin.call('start', `${feed}/`)
    await vi.waitFor(async () => expect(await highest()).toBe('9'))
    await plugin.reload()
    expect(await highest()).toBe('9')
    for (const client of server.clients) client.send('{"price":12}')
    await vi.waitFor(async () => expect(await highest()).toBe('12'))
    expect([plugin.restarts, plugin.open.sockets]).toEqual([1, 1])
    expect(lines).toEqual(['built anew: EWS_RESTARTED: the plugin was reloaded'])
  } finally {
    await plugin.close()
  }
})

test('the documented code is well typed for strict projects', async () => {
  const compilerOptions = {
    ...{ noEmit: true, strict: true, target: 'es2022', module: 'nodenext', types: ['node'] },
    ...{ lib: ['es2023', 'esnext.disposable', 'dom'], skipLibCheck: true },
  }
  const files = ['waiting.ts', 'restarting.ts', 'functions.ts']
  await writeFile(`${folder}/tsconfig.json`, JSON.stringify({ compilerOptions, files }))
  const tsc = `${root}node_modules/typescript/bin/tsc`
  const { stdout } = await run(process.execPath, [tsc, '-p', folder])
  expect(stdout).toBe('')
})
