import { describe, expect, test, vi } from 'vitest'

import { atChunkEnd, readChunk } from '../src/chunk-end.js'

const chunk = Buffer.from('chunk')

describe('what runs behind a chunk', () => {
  test('runs when all of it was read, in order, and before anything else', () => {
    const ran: string[] = []
    readChunk(chunk, (bytes) => {
      atChunkEnd(() => ran.push('first'))
      atChunkEnd(() => ran.push('second'))
      ran.push(`read ${String(bytes)}`)
    })
    expect(ran).toEqual(['read chunk', 'first', 'second'])
  })

  test('runs in the next tick where nothing is read', async () => {
    const ran: string[] = []
    atChunkEnd(() => ran.push('task'))
    expect(ran).toEqual([])
    await new Promise<void>((resolve) => process.nextTick(resolve))
    expect(ran).toEqual(['task'])
  })

  test('waits for the outermost of chunks that are read within another', () => {
    const ran: string[] = []
    readChunk(chunk, () => {
      readChunk(chunk, () => atChunkEnd(() => ran.push('task')))
      ran.push('outer')
    })
    expect(ran).toEqual(['outer', 'task'])
  })

  test('does not wait for what it asks for itself, which comes in the next tick', async () => {
    const ran: string[] = []
    readChunk(chunk, () => {
      atChunkEnd(() => {
        atChunkEnd(() => ran.push('next'))
        ran.push('task')
      })
    })
    expect(ran).toEqual(['task'])
    await new Promise<void>((resolve) => process.nextTick(resolve))
    expect(ran).toEqual(['task', 'next'])
  })

  test('throws in the next tick, and keeps no other from running', () => {
    const ran: string[] = []
    using nextTick = vi.spyOn(process, 'nextTick').mockReturnValue()
    readChunk(chunk, () => {
      atChunkEnd(() => {
        throw new RangeError('of nobody')
      })
      atChunkEnd(() => ran.push('another'))
    })
    expect(ran).toEqual(['another'])
    expect(nextTick).toHaveBeenCalledTimes(1)
    expect(nextTick.mock.calls[0]?.[0]).toThrow('of nobody')
  })

  test('runs also when reading throws', () => {
    const ran: string[] = []
    const fails = (): void => {
      atChunkEnd(() => ran.push('task'))
      throw new RangeError('in the middle')
    }
    expect(() => readChunk(chunk, fails)).toThrow('in the middle')
    expect(ran).toEqual(['task'])
    readChunk(chunk, () => atChunkEnd(() => ran.push('of the next')))
    expect(ran).toEqual(['task', 'of the next'])
  })
})
