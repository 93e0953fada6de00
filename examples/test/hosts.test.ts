import { describe, expect, it } from 'vitest'

import { priceOf, tickCount } from '../src/server.js'
import { run } from './program.js'

describe('the example programs', () => {
  it('echo gets text and bytes back unchanged', async () => {
    expect(await run('hosts/echo.js')).toEqual({
      code: 0,
      stderr: '',
      stdout: [
        'text came back:     Grüße, 世界',
        'bytes came back:    0, 127, 128, 255',
        'through WebSocket:  Hello from the standard class',
        '',
      ].join('\n'),
    })
  })

  it('ticker reports on the way, and answers a summary of every price that the server sent', async () => {
    const { code, stdout, stderr } = await run('hosts/ticker.js')
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    const counts = [...stdout.matchAll(/^(\d+) ticks, /gm)].map(([, count]) => Number(count))
    expect(counts).toEqual([200, 400, 600, 800, 1000])
    const answer = stdout.slice(stdout.indexOf('{'))
    const found = [...answer.matchAll(/(\w+): ([\d.]+)/g)].map(([, name, value]) => [name, value])
    const prices = Array.from({ length: tickCount }, (_, i) => priceOf(i + 1))
    const sum = prices.reduce((total, price) => total + price, 0)
    const expected = {
      count: 1000,
      min: Math.min(...prices),
      max: Math.max(...prices),
      mean: sum / 1000,
      last: prices.at(-1),
    }
    expect(found).toEqual(Object.entries(expected).map(([name, value]) => [name, String(value)]))
  })

  it('chat lets two plugins talk, and tells one when the other has left', async () => {
    expect(await run('hosts/chat.js')).toEqual({
      code: 0,
      stderr: '',
      stdout: [
        'Ada reads   "Bob joined"',
        'Ada says    "Hello, Bob!"',
        'Bob reads   "Ada: Hello, Bob!"',
        'Bob says    "Hello, Ada! I have to go."',
        'Ada reads   "Bob: Hello, Ada! I have to go."',
        'Bob leaves',
        'Ada reads   "Bob left"',
        '',
      ].join('\n'),
    })
  })
})
