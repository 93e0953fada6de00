import { readFile, writeFile } from 'node:fs/promises'
import { gzipSync } from 'node:zlib'
import { compile } from '@extism-ws/compiler'
import { expect, it } from 'vitest'

import { inPackage } from '../program.js'

const file = new URL('../../../docs/clients.md', import.meta.url)
const row = /^\| (\S+) \| ([\d.]+) \|(.*)\| (\d+) \|$/gm

/** Folders that are not called as the library is. */
const folders: Readonly<Record<string, string>> = {
  '@stomp/stompjs': 'stomp',
  'nats.ws': 'nats',
  'socket.io-client': 'socket.io',
}

async function kilobytes(library: string): Promise<number> {
  const { wasm } = await compile({
    entry: inPackage(`clients/${folders[library] ?? library}/plugin.ts`),
  })
  return Math.round(gzipSync(wasm).length / 1000)
}

it('the page on client libraries has the versions that are tested, and sizes that are right', async () => {
  const manifest = JSON.parse(await readFile(inPackage('package.json'), 'utf8')) as {
    devDependencies: Record<string, string>
  }
  let page = await readFile(file, 'utf8')
  const rows = [...page.matchAll(row)]
  expect(rows).toHaveLength(8)
  for (const [line, library = '', version, text, size] of rows) {
    expect(version).toBe(manifest.devDependencies[library])
    const actual = await kilobytes(library)
    if (process.env['UPDATE_DOCS'] !== undefined) {
      page = page.replace(line, `| ${library} | ${version} |${text}| ${actual} |`)
    } else {
      // A few kilobytes more or less are no reason to write the page anew.
      expect(Math.abs(actual - Number(size)) / actual).toBeLessThan(0.05)
    }
  }
  if (process.env['UPDATE_DOCS'] !== undefined) await writeFile(file, page)
})
