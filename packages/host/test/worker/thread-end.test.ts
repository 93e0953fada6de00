import { afterEach, describe, expect, it, vi } from 'vitest'

import { createPlugin, type Plugin } from '../../src/index.js'
import { foreignModule } from '../foreign-module.js'

vi.mock('../../src/worker/program-file.js', () => ({
  programFile: new URL('./ending-program.js', import.meta.url),
}))

describe('a plugin whose thread ends by itself', () => {
  const lines: string[] = []
  const log = (line: string): void => void lines.push(line)
  const logger = { debug: log, info: log, warn: log, error: log }
  let plugin: Plugin

  afterEach(async () => {
    await plugin.close()
    lines.length = 0
  })

  it('rejects the call that ran, and is built anew', async () => {
    plugin = await createPlugin(foreignModule(1), { mode: 'worker', logger })
    const call = plugin.call('trap')
    await expect(call).rejects.toMatchObject({ code: 'EWS_TRAPPED' })
    await expect(call).rejects.toThrow(/thread ended: out of memory, say: it is built anew/)
    await vi.waitFor(() => expect(plugin.restarts).toBe(1))
    await expect(plugin.call('trap')).rejects.toMatchObject({ code: 'EWS_TRAPPED' })
    await vi.waitFor(() => expect(plugin.restarts).toBe(2))
  })

  it('is built anew when nobody was inside', async () => {
    plugin = await createPlugin(
      foreignModule(1, (module) =>
        module.exports.push({ name: 'other', kind: 'function', index: 0 }),
      ),
      { mode: 'worker', logger },
    )
    expect(await plugin.call('other')).toBeNull()
    await vi.waitFor(() => expect(plugin.restarts).toBe(1))
    expect(lines.join()).toMatch(/the plugin's thread ended: it exited: it is built anew/)
    expect(await plugin.call('other')).toBeNull()
  })
})
