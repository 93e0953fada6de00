import { describe, expect, it } from 'vitest'

import { GuestMemory } from '../src/bridge/direct.js'
import { wasiFunctions } from '../src/module/wasi.js'

const fault = 21

describe('the WASI of an attached guest', () => {
  const lines: string[] = []
  const log = (level: string) => (line: string) => void lines.push(`${level} ${line}`)
  const logger = { debug: log('debug'), info: log('info'), warn: log('warn'), error: log('error') }
  const memory = new WebAssembly.Memory({ initial: 1 })
  const guest = new GuestMemory()
  guest.set(memory)
  const functions = wasiFunctions(guest, logger)
  const call = (name: string, ...args: (number | bigint)[]): number =>
    (functions[name] as (...all: unknown[]) => number)(undefined, ...args)
  const data = (): DataView => new DataView(memory.buffer)

  it('offers clock, random numbers and output, and neither files nor the environment', () => {
    const offered = ['clock_time_get', 'random_get', 'fd_write']
    // What there is besides answers that there is nothing.
    const empty = ['fd_close', 'fd_fdstat_get', 'fd_seek', 'poll_oneoff']
    expect(Object.keys(functions).toSorted()).toEqual([...offered, ...empty].toSorted())
    for (const name of empty) expect(call(name, 0)).toBeGreaterThan(0)
  })

  it('tells the time of the day, and a clock that only goes on', () => {
    expect(call('clock_time_get', 0, 1n, 8)).toBe(0)
    expect(Math.abs(Number(data().getBigUint64(8, true) / 1_000_000n) - Date.now())).toBeLessThan(
      60_000,
    )
    call('clock_time_get', 1, 1n, 8)
    call('clock_time_get', 1, 1n, 16)
    expect(data().getBigUint64(16, true)).toBeGreaterThanOrEqual(data().getBigUint64(8, true))
  })

  it('goes on after memory has grown', () => {
    memory.grow(1)
    expect(call('clock_time_get', 1, 1n, 65_536)).toBe(0)
    expect(data().getBigUint64(65_536, true)).toBeGreaterThan(0n)
  })

  it('fills memory with random bytes', () => {
    call('random_get', 100, 64)
    const bytes = new Uint8Array(memory.buffer, 100, 64)
    expect(new Set(bytes).size).toBeGreaterThan(16)
  })

  it("prints to the host's log", () => {
    const text = new TextEncoder().encode('one two\n')
    new Uint8Array(memory.buffer, 200).set(text)
    data().setUint32(300, 200, true)
    data().setUint32(304, text.length, true)
    expect(call('fd_write', 2, 300, 1, 320)).toBe(0)
    expect(data().getUint32(320, true)).toBe(text.length)
    expect(lines).toEqual(['warn one two'])
  })

  it('takes no more than 64 KiB at a time, whatever lengths the guest names', () => {
    lines.length = 0
    new Uint8Array(memory.buffer).fill(0x61, 1024)
    for (let at = 1024; at < 9000; at += 8) {
      data().setUint32(at, 9216, true)
      data().setUint32(at + 4, 0xffff_ffff, true)
    }
    expect(call('fd_write', 1, 1024, 2 ** 31 - 1, 0)).toBe(0)
    expect(data().getUint32(0, true)).toBe(65_536)
    expect(lines.map(({ length }) => length)).toEqual(['info '.length + 65_536])
  })

  it('answers with an error, and never throws, for addresses that are none', () => {
    expect(call('clock_time_get', 0, 1n, -4)).toBe(fault)
    expect(call('clock_time_get', 0, 1n, 2 ** 31 - 1)).toBe(fault)
    expect(call('random_get', -1, 16)).toBe(fault)
    expect(call('fd_write', 1, -8, 1, 0)).toBe(fault)
    expect(call('poll_oneoff')).toBe(58)
  })
})
