import { execFile } from 'node:child_process'
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import type { AddressInfo } from 'node:net'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { WebSocketServer } from 'ws'

const run = promisify(execFile)
const root = fileURLToPath(new URL('..', import.meta.url))
const folder = `${root}dist/kept`
const hosting = await readFile(new URL('../../docs/hosting.md', import.meta.url), 'utf8')

/** The code block of docs/hosting.md that is marked with this word. */
function snippet(mark: string): string {
  const found = new RegExp(`^\`\`\`${mark}\\n([\\s\\S]*?)^\`\`\`$`, 'm').exec(hosting)?.[1]
  if (found === undefined) throw new Error(`the page has no block marked "${mark}"`)
  return found
}

let server: WebSocketServer
const closes: number[] = []

beforeAll(async () => {
  server = new WebSocketServer({ port: 0, host: '127.0.0.1' })
  server.on('connection', (socket) => {
    for (const price of [3, 9, 5]) socket.send(JSON.stringify({ price }))
    socket.on('close', (code) => closes.push(code))
  })
  await rm(folder, { recursive: true, force: true })
  await mkdir(folder, { recursive: true })
  await writeFile(`${folder}/plugin.ts`, snippet('ts kept'))
  await writeFile(`${folder}/host.mjs`, snippet('ts kept-host'))
  await writeFile(`${folder}/host.ts`, snippet('ts kept-host'))
})
afterAll(() => {
  server.close()
})

test('the documented plugin keeps its socket, and a call of it is given up', async () => {
  const bin = `${root}node_modules/@extism-ws/compiler/bin/extism-ws.js`
  const build = [bin, 'build', 'plugin.ts', '-o', 'kept.wasm']
  await run(process.execPath, build, { cwd: folder })
  const feed = `ws://127.0.0.1:${(server.address() as AddressInfo).port}/`
  const { stdout } = await run(process.execPath, ['host.mjs', feed], { cwd: folder })
  expect(stdout).toBe('TimeoutError\n{ sockets: 1, requests: 0, calls: 0 }\n9\n')
  expect(closes).toEqual([1001])
})

test('the documented code is well typed for strict projects', async () => {
  const compilerOptions = {
    ...{ noEmit: true, strict: true, target: 'es2022', module: 'nodenext', types: ['node'] },
    ...{ lib: ['es2023', 'esnext.disposable', 'dom'], skipLibCheck: true },
  }
  const files = ['plugin.ts', 'host.ts']
  await writeFile(`${folder}/tsconfig.json`, JSON.stringify({ compilerOptions, files }))
  const tsc = `${root}node_modules/typescript/bin/tsc`
  const { stdout } = await run(process.execPath, [tsc, '-p', folder])
  expect(stdout).toBe('')
})
