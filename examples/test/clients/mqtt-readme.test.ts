import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { compile } from '@extism-ws/compiler'
import { createPlugin } from '@extism-ws/host'
import { expect, it } from 'vitest'

import { inPackage } from '../program.js'
import { kept } from './client.js'
import { startMosquitto } from './servers/mosquitto.js'
import { isMissing } from './servers/program.js'

it.skipIf(isMissing('mosquitto'))("the README's plugin with mqtt greets itself", async () => {
  const readme = await readFile(new URL('../../../README.md', import.meta.url), 'utf8')
  const [, code = ''] = /^```ts mqtt\n([\s\S]*?)^```$/m.exec(readme) ?? []
  // Below this package, so that it finds what a user would have installed.
  await mkdir(inPackage('dist/readme-mqtt'), { recursive: true })
  const entry = inPackage('dist/readme-mqtt/plugin.ts')
  await writeFile(entry, code)
  const { wasm } = await compile({ entry })
  const { url } = kept(await startMosquitto())
  const plugin = kept(await createPlugin(wasm, { sockets: { allow: [url] }, timeoutMs: 20_000 }))
  expect((await plugin.call('greet', url))?.text()).toBe('Hello from a sandbox')
})
