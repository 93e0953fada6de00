import { describe, expect, it } from 'vitest'

import { GuestMemory } from '../../src/bridge/direct.js'

const page = 65_536

describe("the guest's memory", () => {
  const memory = new WebAssembly.Memory({ initial: 1, maximum: 4 })
  const guest = new GuestMemory()
  guest.set(memory)

  it('is seen as it is after it has grown, and not as it was', () => {
    const before = guest.view(8, 4)
    before.set([1, 2, 3, 4])
    expect(guest.data.getUint32(8, true)).toBe(0x0403_0201)
    expect(() => guest.view(page, 1)).toThrow(expect.objectContaining({ code: 'EWS_BAD_REQUEST' }))
    memory.grow(1)
    expect(before.length).toBe(0)
    expect([...guest.view(8, 4)]).toEqual([1, 2, 3, 4])
    expect(guest.data.byteLength).toBe(2 * page)
    guest.view(2 * page - 4, 4).fill(7)
    expect(new Uint8Array(memory.buffer, 2 * page - 4)).toEqual(Uint8Array.of(7, 7, 7, 7))
    expect(() => guest.view(2 * page - 4, 5)).toThrow('131068 to 131073 are not within')
  })

  it('is seen anew when it has grown by nothing, which detaches views as well', () => {
    const before = guest.view(0, 4)
    memory.grow(0)
    expect(before.length).toBe(0)
    expect(guest.view(0, 4).length).toBe(4)
  })

  it('is none where the host does not hold it', () => {
    expect(() => new GuestMemory().view(0, 0)).toThrow(
      expect.objectContaining({ code: 'EWS_UNSUPPORTED' }),
    )
  })
})
