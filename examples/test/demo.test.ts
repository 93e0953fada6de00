import { describe, expect, it } from 'vitest'

import { inPackage, run } from './program.js'

describe('the demo', () => {
  it('shows a plugin at work, and one that goes on after it was killed', async () => {
    const { code, stdout, stderr } = await run('demo.js')
    expect(stderr).toBe('')
    expect(code).toBe(0)
    expect(stdout.endsWith('\ndemo ok: 1000 messages received by the plugin\n')).toBe(true)
    const milestones = [
      /Compiling .*ticker\.ts/,
      /\d+ KB \(\d+ KB gzipped\), exports: run/,
      /server {2}listening on ws:\/\/127\.0\.0\.1:\d+/,
      /server {2}a plugin connected/,
      /plugin {2}connected to ws:/,
      // While the server is still sending.
      /plugin {2}200 ticks, \d+ per second/,
      /plugin {2}400 ticks, \d+ per second/,
      /server {2}all 1000 ticks sent/,
      /plugin {2}1000 ticks, \d+ per second/,
      /The plugin's answer\n {2}count +1000\n/,
      /asks {5}Can you find a needle in a million haystacks\?/,
      /host {4}extism-ws: interview: the plugin ran longer than it may .*its thread was ended: it is built anew/,
      /plugin {2}alive again \(EWS_TIMEOUT\), after 2 answers/,
      /is told {2}Can you find a needle in a million haystacks\? Better not\./,
      /is told {2}Was that the same connection\? Yes\./,
      /5 questions answered over one connection, by two instances of the plugin/,
    ]
    const places = milestones.map((milestone) => stdout.search(milestone))
    expect(places).not.toContain(-1)
    expect(places).toEqual(places.toSorted((a, b) => a - b))
  })

  it('fails when the plugin did not receive every message', async () => {
    const { code, stdout, stderr } = await run('demo.js', inPackage('test/plugins/deaf.ts'))
    expect(code).toBe(1)
    expect(stdout).not.toContain('demo ok')
    expect(stderr).toContain('demo failed: the server sent 1000 messages, the plugin received 0\n')
  })

  it("fails with the author's message and line when the plugin throws", async () => {
    const { code, stdout, stderr } = await run('demo.js', inPackage('test/plugins/failing.ts'))
    expect(code).toBe(1)
    expect(stdout).not.toContain('demo ok')
    expect(stderr).toContain('demo failed: Error: no more, please\n')
    expect(stderr).toMatch(/at run \(.*failing\.ts:7:\d+\)/)
  })

  it('fails when there is nothing to compile', async () => {
    const { code, stderr } = await run('demo.js', 'nowhere.ts')
    expect(code).toBe(1)
    expect(stderr).toContain('demo failed: entry file not found: nowhere.ts')
  })
})
