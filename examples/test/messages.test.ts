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
const folder = `${root}dist/messages`
const marks = ['values', 'own']
let server: WebSocketServer

beforeAll(async () => {
  const page = await readFile(new URL('../../docs/messages.md', import.meta.url), 'utf8')
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
      for (const amount of ['1', 2, '4']) socket.send(JSON.stringify({ symbol: 'A', amount }))
      socket.send('not JSON')
      socket.send('{"symbol":"A","amount":"8"}')
    })
  })
  await new Promise((resolve) => server.once('listening', resolve))
})
afterAll(() => {
  server.close()
})

test('the documented plugin adds up what its schema accepts, and says what it does not', async () => {
  const bin = `${root}node_modules/@extism-ws/compiler/bin/extism-ws.js`
  const command = [bin, 'build', 'values.ts', '-o', 'values.wasm']
  await run(process.execPath, command, { cwd: folder })
  const url = `ws://127.0.0.1:${(server.address() as AddressInfo).port}`
  const warnings: string[] = []
  const ignore = (): void => {}
  const warn = (line: string): void => void warnings.push(line)
  const plugin = await createPlugin(`${folder}/values.wasm`, {
    sockets: { allow: [url] },
    logger: { debug: ignore, info: ignore, warn, error: warn },
  })
  try {
    const answer = await plugin.call('volume', JSON.stringify({ url, trades: 3 }))
    expect(answer?.json()).toEqual({ sum: 13, undecodable: 2 })
  } finally {
    await plugin.close()
  }
  expect(warnings).toEqual([
    expect.stringContaining('the schema refuses the message: amount: '),
    expect.stringContaining('8 long, 0 issues'),
  ])
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
