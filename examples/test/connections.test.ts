import { execFile } from 'node:child_process'
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import type { AddressInfo } from 'node:net'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { createPlugin } from '@extism-ws/host'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { WebSocketServer } from 'ws'

const run = promisify(execFile)
const root = fileURLToPath(new URL('..', import.meta.url))
const folder = `${root}dist/connections`
const marks = ['staying', 'taking']
let server: WebSocketServer

beforeAll(async () => {
  const page = await readFile(new URL('../../docs/connections.md', import.meta.url), 'utf8')
  await rm(folder, { recursive: true, force: true })
  await mkdir(folder, { recursive: true })
  for (const mark of marks) {
    const code = new RegExp(`^\`\`\`ts ${mark}\\n([\\s\\S]*?)^\`\`\`$`, 'm').exec(page)?.[1]
    if (code === undefined) throw new Error(`the page has no block marked "${mark}"`)
    await writeFile(`${folder}/${mark}.ts`, code)
  }
  server = new WebSocketServer({ port: 0, host: '127.0.0.1' })
  server.on('connection', (socket) => {
    socket.once('message', () => {
      for (const amount of [1, 2, 4]) socket.send(JSON.stringify({ amount }))
    })
  })
  await new Promise((resolve) => server.once('listening', resolve))
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

test('the documented plugin adds up what it subscribes to', async () => {
  const url = `ws://127.0.0.1:${(server.address() as AddressInfo).port}`
  const plugin = await createPlugin(await build('staying'), { sockets: { allow: [url] } })
  try {
    const answer = await plugin.call('volume', JSON.stringify({ url, trades: 3 }))
    expect(answer?.json()).toEqual({ sum: 7 })
  } finally {
    await plugin.close()
  }
})

test('the documented plugin exports what takes connections', async () => {
  const module = await WebAssembly.compile((await readFile(await build('taking'))) as BufferSource)
  const names = WebAssembly.Module.exports(module).map(({ name }) => name)
  expect(names).toContain('onConnection')
})

test('the documented code is well typed for strict projects', async () => {
  const compilerOptions = {
    ...{ noEmit: true, strict: true, target: 'es2022', module: 'nodenext', types: ['node'] },
    ...{ lib: ['es2023', 'esnext.disposable', 'dom'], skipLibCheck: true },
  }
  const files = marks.map((mark) => `${mark}.ts`)
  await writeFile(`${folder}/tsconfig.json`, JSON.stringify({ compilerOptions, files }))
  const tsc = `${root}node_modules/typescript/bin/tsc`
  const { stdout } = await run(process.execPath, [tsc, '-p', folder])
  expect(stdout).toBe('')
})
