import { once } from 'node:events'
import { createServer, isIPv6, type AddressInfo } from 'node:net'
import type { LookupAddress, LookupOptions } from 'node:dns'
import { EwsError } from '@extism-ws/protocol'
import { describe, expect, test } from 'vitest'
import WebSocket, { WebSocketServer } from 'ws'
import type { Resolve } from '../../src/policy/lookup.js'
import { Policy } from '../../src/policy/policy.js'

/** Answers the first question with the first list, and so on; the last list repeats. */
function resolver(...answers: string[][]): Resolve & { asked: LookupOptions[] } {
  const asked: LookupOptions[] = []
  const resolve: Resolve = (_hostname, options, callback) => {
    const addresses = answers[Math.min(asked.length, answers.length - 1)] ?? []
    asked.push(options)
    callback(null, addresses.map(withFamily))
  }
  return Object.assign(resolve, { asked })
}

function withFamily(address: string): LookupAddress {
  return { address, family: isIPv6(address) ? 6 : 4 }
}

const allow = ['ws://*:*', 'ws://localhost:*']

function lookupOf(resolve: Resolve, host = 'feed.example') {
  const policy = new Policy({ allow }, resolve)
  const lookup = policy.lookupFor(policy.check({ url: `ws://${host}` }).rule)
  return (options: LookupOptions): Promise<unknown[]> =>
    new Promise((settle, reject) => {
      lookup(host, options, (error, ...answer) => (error ? reject(error) : settle(answer)))
    })
}

describe('a public answer', () => {
  test('is handed on whole when all addresses are wanted', async () => {
    const lookup = lookupOf(resolver(['8.8.8.8', '2606:4700::1']))
    expect(await lookup({ all: true })).toEqual([
      [
        { address: '8.8.8.8', family: 4 },
        { address: '2606:4700::1', family: 6 },
      ],
    ])
  })

  test('is handed on as first address and family when one is wanted', async () => {
    const lookup = lookupOf(resolver(['2606:4700::1', '8.8.8.8']))
    expect(await lookup({ all: false })).toEqual(['2606:4700::1', 6])
    expect(await lookup({})).toEqual(['2606:4700::1', 6])
  })

  test('was asked for with the options of the caller, and always for all addresses', async () => {
    const resolve = resolver(['8.8.8.8'])
    await lookupOf(resolve)({ family: 4, hints: 32 })
    expect(resolve.asked).toEqual([{ family: 4, hints: 32, all: true }])
  })
})

describe.each([true, false])('with all: %s', (all) => {
  test.each([
    [['127.0.0.1']],
    [['10.0.0.5']],
    [['169.254.169.254']],
    [['::1']],
    [['::ffff:10.0.0.5']],
    [['8.8.8.8', '10.0.0.5']],
    [['10.0.0.5', '8.8.8.8']],
    [['8.8.8.8', 'fd00:ec2::254']],
  ])('the answer %j is refused whole', async (addresses) => {
    await expect(lookupOf(resolver(addresses))({ all })).rejects.toMatchObject({
      code: 'EWS_DENIED',
    })
  })

  test('a name without address cannot be connected to', async () => {
    const lookup = lookupOf(resolver([]))
    await expect(lookup({ all })).rejects.toMatchObject({
      code: 'EWS_CONNECT',
      message: 'cannot resolve "feed.example": no address',
    })
  })

  test('a failing resolver is a failed connection, with its cause', async () => {
    const cause = Object.assign(new Error('getaddrinfo ENOTFOUND'), { code: 'ENOTFOUND' })
    const lookup = lookupOf((_hostname, _options, callback) => callback(cause, []))
    const error = await lookup({ all }).catch((reason: unknown) => reason)
    expect(error).toBeInstanceOf(EwsError)
    expect(error).toMatchObject({ code: 'EWS_CONNECT', cause })
  })
})

test('a refusal names the host, the first refused address and the rule', async () => {
  const lookup = lookupOf(resolver(['8.8.8.8', '10.0.0.5']))
  await expect(lookup({})).rejects.toThrow(
    '"feed.example" resolves to 10.0.0.5, which is not public (rule "ws://*:*")',
  )
})

test('a name that turns private after a public answer is refused', async () => {
  const resolve = resolver(['8.8.8.8'], ['127.0.0.1'])
  const lookup = lookupOf(resolve)
  expect(await lookup({})).toEqual(['8.8.8.8', 4])
  await expect(lookup({})).rejects.toMatchObject({ code: 'EWS_DENIED' })
})

test('each lookup resolves once, so that what was judged is what is connected to', async () => {
  const resolve = resolver(['8.8.8.8'], ['127.0.0.1'])
  await lookupOf(resolve)({ all: true })
  expect(resolve.asked).toHaveLength(1)
})

describe('a localhost rule', () => {
  test('opens loopback', async () => {
    const lookup = lookupOf(resolver(['127.0.0.1', '::1']), 'localhost')
    expect(await lookup({})).toEqual(['127.0.0.1', 4])
  })

  test.each(['10.0.0.5', '8.8.8.8', '::2'])('does not open %s', async (address) => {
    const lookup = lookupOf(resolver(['127.0.0.1', address]), 'localhost')
    await expect(lookup({ all: true })).rejects.toThrow(`"localhost" resolves to ${address}`)
  })

  test('is not implied by a wildcard', async () => {
    const policy = new Policy({ allow: ['ws://*'] }, resolver(['127.0.0.1']))
    const lookup = policy.lookupFor(policy.check({ url: 'ws://localhost' }).rule)
    const error = await new Promise((settle) => lookup('localhost', {}, settle))
    expect(error).toMatchObject({ code: 'EWS_DENIED' })
  })
})

test('a rule for an address permits only that address, should it ever be looked up', async () => {
  const policy = new Policy({ allow: ['ws://10.0.0.5'] }, resolver(['10.0.0.5'], ['10.0.0.6']))
  const lookup = policy.lookupFor(policy.check({ url: 'ws://10.0.0.5' }).rule)
  const ask = () => new Promise((settle) => lookup('10.0.0.5', {}, settle))
  expect(await ask()).toBeNull()
  expect(await ask()).toMatchObject({ code: 'EWS_DENIED' })
})

describe('as the lookup of a ws client', () => {
  test('it connects through the real resolver to a listed localhost', async () => {
    const server = new WebSocketServer({ port: 0, host: '127.0.0.1' })
    await once(server, 'listening')
    const { port } = server.address() as AddressInfo
    const policy = new Policy({ allow: [`ws://localhost:${port}`] })
    const { url, rule } = policy.check({ url: `ws://localhost:${port}/` })
    const socket = new WebSocket(url, { lookup: policy.lookupFor(rule) })
    await once(socket, 'open')
    socket.close()
    await once(socket, 'close')
    await new Promise((settle) => server.close(settle))
  })

  test('it connects to the address that was judged, whatever the name resolves to afterwards', async () => {
    const reached: (string | undefined)[] = []
    const server = new WebSocketServer({ port: 0, host: '127.0.0.1' })
    server.on('connection', (_socket, request) => reached.push(request.socket.localAddress))
    await once(server, 'listening')
    const { port } = server.address() as AddressInfo
    const resolve = resolver(['127.0.0.1'], ['10.0.0.1'])
    const policy = new Policy({ allow }, resolve)
    const { url, rule } = policy.check({ url: `ws://localhost:${port}/` })
    const socket = new WebSocket(url, { lookup: policy.lookupFor(rule) })
    await once(socket, 'open')
    socket.close()
    await once(socket, 'close')
    expect(reached).toEqual(['127.0.0.1'])
    expect(resolve.asked).toHaveLength(1)
    await new Promise((settle) => server.close(settle))
  })

  test('it fails with the policy error, and no byte reaches the private server', async () => {
    let connections = 0
    const server = createServer((connection) => {
      connections += 1
      connection.destroy()
    })
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    const { port } = server.address() as AddressInfo
    const policy = new Policy({ allow }, resolver(['8.8.8.8', '127.0.0.1']))
    const { url, rule } = policy.check({ url: `ws://rebind.example:${port}/` })
    const socket = new WebSocket(url, { lookup: policy.lookupFor(rule) })
    const [error] = await once(socket, 'error')
    expect(error).toBeInstanceOf(EwsError)
    expect(error).toMatchObject({ code: 'EWS_DENIED' })
    expect(connections).toBe(0)
    await new Promise((settle) => server.close(settle))
  })
})
