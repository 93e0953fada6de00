import { rmSync, writeFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'

import { createPlugin, PluginError } from '../src/index.js'
import { buildFile } from './build.js'

async function failure(file: string, sourceMap?: string): Promise<PluginError> {
  const plugin = await createPlugin(file, sourceMap === undefined ? {} : { sourceMap })
  const error = await plugin.call('throwBefore').catch((thrown: unknown) => thrown)
  await plugin.close()
  if (error instanceof PluginError) return error
  throw new Error('the call did not fail as it should', { cause: error })
}

describe('the stack of a plugin error', () => {
  it("has the author's positions when the map lies beside the plugin", async () => {
    const { stack, name, message, code } = await failure(await buildFile('contract'))
    expect({ name, message, code }).toEqual({
      name: 'TypeError',
      message: 'before any await',
      code: 'EWS_PLUGIN',
    })
    const lines = stack?.split('\n') ?? []
    expect(lines[0]).toBe('TypeError: before any await')
    expect(lines[1]).toMatch(/^ +at throwBefore \(\S*contract\.ts:\d+:\d+\)$/)
    expect(lines.at(-1)).toBe('    at plugin export "throwBefore"')
    expect(stack).not.toContain('prelude')
  })

  it("has the bundle's positions and a hint without the map", async () => {
    const file = await buildFile('contract')
    rmSync(`${file}.map`)
    const { stack } = await failure(file)
    expect(stack).toMatch(/at throwBefore \(plugin\.js:\d+:\d+\)/)
    expect(stack).toContain('.wasm.map')
  })

  it.each(['not JSON', '{"version":3}', '{}'])('is not hidden by a broken map: %s', async (map) => {
    const file = await buildFile('contract')
    writeFileSync(`${file}.map`, map)
    const { message, stack } = await failure(file)
    expect(message).toBe('before any await')
    expect(stack).toContain('throwBefore')
  })

  it('takes the map from where the integrator says', async () => {
    const elsewhere = await buildFile('contract')
    const file = await buildFile('contract')
    rmSync(`${file}.map`)
    const { stack } = await failure(file, `${elsewhere}.map`)
    expect(stack).toContain('contract.ts')
  })
})
