import { execFile } from 'node:child_process'
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import type { AddressInfo } from 'node:net'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { WebSocketServer } from 'ws'

const run = promisify(execFile)
const root = fileURLToPath(new URL('..', import.meta.url))
/** Below this package, so that the snippets find what a user would have installed. */
const folder = `${root}dist/readme`
const readme = await readFile(new URL('../../README.md', import.meta.url), 'utf8')
const hosting = await readFile(new URL('../../docs/hosting.md', import.meta.url), 'utf8')

/** The code block of a page that is marked with this word. */
function snippet(page: string, mark: string): string {
  const found = new RegExp(`^\`\`\`${mark}\\n([\\s\\S]*?)^\`\`\`$`, 'm').exec(page)?.[1]
  if (found === undefined) throw new Error(`the page has no block marked "${mark}"`)
  return found
}

let server: WebSocketServer

beforeAll(async () => {
  server = new WebSocketServer({ port: 0, host: '127.0.0.1' })
  server.on('connection', (socket) => {
    ;[3, 9, 5].forEach((price, i) => socket.send(JSON.stringify({ price, last: i === 2 })))
  })
  await rm(folder, { recursive: true, force: true })
  await mkdir(folder, { recursive: true })
  await writeFile(`${folder}/plugin.ts`, snippet(readme, 'ts plugin'))
  await writeFile(`${folder}/mqtt.ts`, snippet(readme, 'ts mqtt'))
  const hosts = {
    readme: snippet(readme, 'ts host'),
    hosting: snippet(hosting, 'ts host'),
    composed: snippet(hosting, 'ts composed'),
  }
  for (const [name, code] of Object.entries(hosts)) {
    // The hosts' code has no types in it, so that Node 20 runs it as it is.
    await writeFile(`${folder}/${name}.mjs`, code)
    await writeFile(`${folder}/${name}.ts`, code)
  }
})
afterAll(() => {
  server.close()
})

test("the README's plugin compiles by its command, and every host prints the plugin's answer", async () => {
  const command = /^npx extism-ws (.*)$/m.exec(readme)?.[1] ?? ''
  const bin = `${root}node_modules/@extism-ws/compiler/bin/extism-ws.js`
  const { stdout } = await run(process.execPath, [bin, ...command.split(' ')], { cwd: folder })
  expect(stdout).toContain('exports highest')
  const { port } = server.address() as AddressInfo
  const feed = `ws://127.0.0.1:${port}/`
  const host = await run(process.execPath, ['readme.mjs', feed], { cwd: folder })
  expect(host.stdout).toBe('{ high: 9 }\n')
  const hosted = await run(process.execPath, ['hosting.mjs', feed], { cwd: folder })
  expect(hosted.stdout).toBe('[ { high: 9 }, { high: 9 } ]\n')
  const composed = await run(process.execPath, ['composed.mjs', feed], { cwd: folder })
  expect(composed.stdout).toBe('{ high: 9 }\n')
})

test('the code of the pages is well typed for strict projects', async () => {
  const compilerOptions = {
    ...{ noEmit: true, strict: true, target: 'es2022', module: 'nodenext', types: ['node'] },
    ...{ lib: ['es2023', 'esnext.disposable', 'dom'], skipLibCheck: true },
  }
  const files = ['plugin.ts', 'mqtt.ts', 'readme.ts', 'hosting.ts', 'composed.ts']
  await writeFile(`${folder}/tsconfig.json`, JSON.stringify({ compilerOptions, files }))
  const tsc = `${root}node_modules/typescript/bin/tsc`
  const { stdout } = await run(process.execPath, [tsc, '-p', folder])
  expect(stdout).toBe('')
})
