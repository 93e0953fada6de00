import { describe, expect, it } from 'vitest'

import { deflateFrom, negotiated } from '../../src/connection/deflate.js'
import type { SocketOptions } from '../../src/options.js'
import { SessionClient } from './session-client.js'

const whole = {
  threshold: 1024,
  serverNoContextTakeover: false,
  clientNoContextTakeover: false,
  serverMaxWindowBits: 15,
  clientMaxWindowBits: 15,
}

describe('sockets.perMessageDeflate', () => {
  it.each([undefined, false])('offers nothing when it is %s', (set) => {
    expect(deflateFrom(set)).toBeUndefined()
    expect(negotiated(deflateFrom(set))).toBe(false)
  })

  it.each([true, {}, { threshold: undefined }])('has defaults, all finite, for %j', (set) => {
    expect(deflateFrom(set as true)).toEqual(whole)
    expect(negotiated(deflateFrom(set as true))).toEqual({ threshold: 1024, concurrencyLimit: 10 })
  })

  it('takes the bounds themselves', () => {
    const set = { threshold: 0, serverMaxWindowBits: 9, clientMaxWindowBits: 15 }
    expect(deflateFrom(set)).toEqual({ ...whole, ...set })
  })

  it.each<[unknown, RegExp]>([
    ['yes', /^sockets\.perMessageDeflate must be true, false or an object, got "yes"$/],
    [1, /must be true, false or an object, got 1$/],
    [null, /sockets\.perMessageDeflate must be an object, got null$/],
    [[], /sockets\.perMessageDeflate must be an object, got \[\]$/],
    [{ treshold: 1 }, /perMessageDeflate\.treshold is no option; there are threshold, server/],
    [{ concurrencyLimit: 1000 }, /perMessageDeflate\.concurrencyLimit is no option/],
    [{ threshold: -1 }, /\.threshold must be a whole number from 0 to 2147483647, got -1$/],
    [{ threshold: Infinity }, /\.threshold must be a whole number .*, got Infinity$/],
    [{ threshold: NaN }, /\.threshold must be a whole number .*, got NaN$/],
    [{ threshold: 0.5 }, /\.threshold must be a whole number .*, got 0\.5$/],
    [{ threshold: '1024' }, /\.threshold must be a whole number .*, got "1024"$/],
    [
      { serverMaxWindowBits: 8 },
      /\.serverMaxWindowBits must be a whole number from 9 to 15, got 8/,
    ],
    [{ clientMaxWindowBits: 16 }, /\.clientMaxWindowBits must be .* from 9 to 15, got 16$/],
    [{ clientMaxWindowBits: true }, /\.clientMaxWindowBits must be .* got true$/],
    [{ serverNoContextTakeover: 1 }, /\.serverNoContextTakeover must be true or false, got 1$/],
    [
      { clientNoContextTakeover: 'no' },
      /\.clientNoContextTakeover must be true or false, got "no"/,
    ],
  ])('is refused as %j', (set, message) => {
    const make = (): unknown => new SessionClient({ perMessageDeflate: set } as SocketOptions)
    expect(make).toThrow(TypeError)
    expect(make).toThrow(message)
  })
})
