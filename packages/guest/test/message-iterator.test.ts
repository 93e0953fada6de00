import { describe, expect, it } from 'vitest'

import { MessageIterator, type MessageSource } from '../src/message-iterator.js'

/** A queue that ends when it is told to. */
class Queue implements MessageSource<string> {
  readonly messages: string[] = []
  error: Error | undefined
  handled = 0
  #waiting: ((message: string | undefined) => void)[] = []
  #ended = false

  push(message: string): void {
    const waiter = this.#waiting.shift()
    if (waiter === undefined) this.messages.push(message)
    else waiter(message)
  }
  end(error?: Error): void {
    this.#ended = true
    this.error = error
    for (const waiter of this.#waiting.splice(0)) waiter(undefined)
  }
  take(): string | undefined {
    return this.messages.shift()
  }
  done(): void {
    this.handled++
  }
  wait(reader: (message: string | undefined) => void): void {
    if (this.#ended) reader(undefined)
    else this.#waiting.push(reader)
  }
  failure(): Error | undefined {
    return this.error
  }
}

const same = (message: string): string => message

describe('MessageIterator', () => {
  it('gives what waits, then what comes, in order, also to several readers at once', async () => {
    const queue = new Queue()
    const iterator = new MessageIterator(queue, same)
    queue.push('a')
    const results = [iterator.next(), iterator.next(), iterator.next()]
    queue.push('b')
    queue.push('')
    expect((await Promise.all(results)).map(({ value }) => value)).toEqual(['a', 'b', ''])
  })

  it('ends for good, and gives what waits before', async () => {
    const queue = new Queue()
    const iterator = new MessageIterator(queue, same)
    queue.push('last')
    queue.end()
    expect(await iterator.next()).toEqual({ value: 'last', done: false })
    expect(await iterator.next()).toEqual({ value: undefined, done: true })
    expect(await iterator.next()).toEqual({ value: undefined, done: true })
  })

  it('rejects once when the source failed, whether it waited or not', async () => {
    for (const waits of [true, false]) {
      const queue = new Queue()
      const iterator = new MessageIterator(queue, same)
      const error = new Error('lost')
      if (!waits) queue.end(error)
      const next = iterator.next()
      queue.end(error)
      await expect(next).rejects.toBe(error)
      expect((await iterator.next()).done).toBe(true)
    }
  })

  it('takes nothing more after the loop was left', async () => {
    const queue = new Queue()
    for (const text of ['a', 'b', 'c']) queue.push(text)
    const iterator = new MessageIterator(queue, same)
    for await (const message of iterator) if (message === 'b') break
    expect(await iterator.next()).toEqual({ value: undefined, done: true })
    expect(queue.messages).toEqual(['c'])
    expect(queue.handled).toBe(1)
  })

  it('rejects for a message that cannot be converted, and goes on with the next', async () => {
    const queue = new Queue()
    const iterator = new MessageIterator(queue, JSON.parse)
    queue.push('{')
    await expect(iterator.next()).rejects.toThrow(SyntaxError)
    const waiting = iterator.next()
    queue.push('}')
    await expect(waiting).rejects.toThrow(SyntaxError)
    queue.push('1')
    expect(await iterator.next()).toEqual({ value: 1, done: false })
  })
})
