import { abiVersion, readRecords, RecordType } from '@extism-ws/protocol'
import { describe, expect, test, vi } from 'vitest'

import type { ExportSignature } from '../../src/loop/index.js'
import type { JsPdkExports } from '../../src/js-pdk/exports.js'
import { jobs } from '../fake-platform.js'

/** The official compiler's globals, as far as the loop uses them. */
class FakePdk {
  input = ''
  readonly outputs: (string | ArrayBuffer)[] = []
  readonly lines: string[] = []
  readonly Host = {
    inputBytes: () => new TextEncoder().encode(this.input).buffer,
    outputString: (text: string) => this.outputs.push(text) > 0,
    outputBytes: (bytes: ArrayBuffer) => this.outputs.push(bytes) > 0,
  }
  readonly console = {
    debug: (text: string) => void this.lines.push(text),
    info: (text: string) => void this.lines.push(text),
    warn: (text: string) => void this.lines.push(text),
    error: (text: string) => void this.lines.push(text),
  }
}

/** A plugin of its own, as if it were loaded anew. */
async function plugin(
  author: Record<string, unknown>,
  signatures: Record<string, ExportSignature> = {},
): Promise<{ pdk: FakePdk; exports: JsPdkExports }> {
  const pdk = new FakePdk()
  vi.stubGlobal('Host', pdk.Host)
  vi.stubGlobal('console', pdk.console)
  vi.resetModules()
  const { jsPdkExports } = await import('../../src/js-pdk/exports.js')
  return { pdk, exports: jsPdkExports(author, signatures) }
}

describe('the exports of a plugin of the official compiler', () => {
  test("are the author's functions and those of the attach handshake", async () => {
    const { exports } = await plugin({ greet: () => 'hi', version: 3 })
    expect(Object.keys(exports).sort()).toEqual([
      '__ews_attach',
      '__ews_deadline',
      '__ews_dispatch',
      '__ews_pending',
      'greet',
    ])
    expect(exports['__ews_attach']?.(1, 1000, 0, 0)).toBe(abiVersion)
  })

  test('set what a function returns as the output', async () => {
    const { pdk, exports } = await plugin({
      greet: (call: { inputText(): string }) => `Hello, ${call.inputText()}`,
    })
    pdk.input = 'you'
    expect(exports['greet']?.()).toBe(0)
    expect(pdk.outputs).toEqual(['Hello, you'])
  })

  test('take arguments and return results, where an interface file declares them', async () => {
    const add = { params: 'ij', result: 'd' }
    const { exports } = await plugin({ add: (a: number, b: bigint) => a + Number(b) }, { add })
    expect(exports['add']?.(1, 2n)).toBe(3)
  })

  test('throw what a function throws, so that js-pdk tells the host', async () => {
    const { exports } = await plugin({
      fail: () => {
        throw new TypeError('no')
      },
    })
    expect(() => exports['fail']?.()).toThrow(/TypeError: no/)
  })

  test('leave an async call pending, which a dispatch hands over', async () => {
    const { pdk, exports } = await plugin({ later: async () => 'done' })
    exports['__ews_attach']?.(0, 1000, 0, 0)
    expect(exports['later']?.()).toBe(0)
    expect(exports['__ews_pending']?.()).toBe(1)
    await jobs()
    expect(exports['__ews_deadline']?.()).toBe(0)
    exports['__ews_dispatch']?.()
    const [record] = readRecords(new Uint8Array(pdk.outputs[0] as ArrayBuffer))
    expect(record).toMatchObject({ type: RecordType.result, id: 1 })
  })

  test('set the output of an async call late, where no host attached itself', async () => {
    const { pdk, exports } = await plugin({
      later: async () => 'done',
      fail: async () => {
        throw new Error('lost by js-pdk')
      },
    })
    expect(exports['later']?.()).toBe(0)
    expect(exports['fail']?.()).toBe(0)
    await jobs()
    expect(pdk.outputs).toEqual(['done'])
    expect(pdk.lines.join()).toContain('Error: lost by js-pdk')
  })
})
