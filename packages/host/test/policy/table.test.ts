import { isIPv6 } from 'node:net'
import { describe, expect, test } from 'vitest'

import type { Resolve } from '../../src/policy/lookup.js'
import { Policy } from '../../src/policy/policy.js'

/** What becomes of a URL under one pattern. */
type Verdict = 'reached' | 'EWS_DENIED' | 'EWS_BAD_URL'
type Row = readonly [pattern: string, url: string, verdict: Verdict]

const reached = 'reached'
const denied = 'EWS_DENIED'
const bad = 'EWS_BAD_URL'

function verdictOf(policy: Policy, url: string): string {
  try {
    policy.check({ url })
    return reached
  } catch (error) {
    return (error as { code: string }).code
  }
}

const patterns: readonly Row[] = [
  // scheme, port, path
  ['wss://feed.example', 'wss://feed.example/', reached],
  ['wss://feed.example', 'wss://feed.example:443/btc?x=1', reached],
  ['wss://feed.example:443', 'wss://feed.example/', reached],
  ['ws://feed.example', 'ws://feed.example:80/', reached],
  ['WSS://Feed.Example', 'wss://feed.example/', reached],
  ['wss://feed.example:8443', 'wss://feed.example:8443/', reached],
  ['ws://feed.example:443', 'ws://feed.example:443/', reached],
  ['wss://feed.example:*', 'wss://feed.example/', reached],
  ['wss://feed.example:*', 'wss://feed.example:65535/', reached],
  // spelling of the host
  ['wss://feed.example', 'wss://FEED.EXAMPLE/', reached],
  ['wss://feed.example', 'wss://feed.example./', reached],
  ['wss://feed.example.', 'wss://feed.example/', reached],
  ['wss://feed.example', 'wss://f%65ed.example/', reached],
  ['wss://feed.example', 'wss:\\\\feed.example\\btc', reached],
  ['wss://feed.example', 'wss://feed。example/', reached],
  ['wss://feed.example', 'wss://fe\ned.example/', reached],
  ['wss://münchen.example', 'wss://xn--mnchen-3ya.example/', reached],
  ['wss://xn--mnchen-3ya.example', 'wss://MÜNCHEN.example/', reached],
  ['wss://*.münchen.example', 'wss://a.xn--mnchen-3ya.example/', reached],
  ['ws://localhost', 'ws://LOCALHOST./', reached],
  // wildcards
  ['wss://*.example.com', 'wss://a.example.com/', reached],
  ['wss://*.example.com', 'wss://a.example.com./', reached],
  ['wss://*.*.example.com', 'wss://a.b.example.com/', reached],
  ['wss://*', 'wss://feed.example/', reached],
  ['wss://*', 'wss://8.8.8.8/', reached],
  ['wss://*', 'wss://[2606:4700:4700::1111]/', reached],
  ['wss://*:*', 'wss://feed.example:8443/', reached],
  // addresses
  ['ws://127.0.0.1:8080', 'ws://127.0.0.1:8080/', reached],
  ['ws://127.0.0.1:*', 'ws://127.0.0.1:8/', reached],
  ['ws://127.0.0.1', 'ws://2130706433/', reached],
  ['ws://127.0.0.1', 'ws://0x7f000001/', reached],
  ['ws://127.0.0.1', 'ws://0177.0.0.1/', reached],
  ['ws://127.0.0.1', 'ws://127.1/', reached],
  ['ws://127.0.0.1', 'ws://127.0.0.1./', reached],
  ['ws://127.0.0.1', 'ws://１２７.0.0.1/', reached],
  ['ws://0x7f.1', 'ws://127.0.0.1/', reached],
  ['ws://0.0.0.0', 'ws://0/', reached],
  ['wss://[::1]:9000', 'wss://[0:0:0:0:0:0:0:1]:9000/', reached],
  ['wss://[0::1]', 'wss://[::1]/', reached],
  ['ws://[fd00::1]', 'ws://[FD00::1]/', reached],
  ['ws://[::ffff:127.0.0.1]', 'ws://[::ffff:7f00:1]/', reached],
  // scheme, port
  ['wss://feed.example', 'ws://feed.example/', denied],
  ['ws://feed.example', 'wss://feed.example/', denied],
  ['wss://feed.example', 'ws://feed.example:443/', denied],
  ['wss://*:*', 'ws://feed.example/', denied],
  ['wss://feed.example', 'wss://feed.example:8443/', denied],
  ['wss://feed.example:8443', 'wss://feed.example/', denied],
  ['wss://*', 'wss://feed.example:8443/', denied],
  ['wss://feed.example', 'https://feed.example/', bad],
  // look-alikes
  ['wss://feed.example', 'wss://feed.example.evil.test/', denied],
  ['wss://feed.example', 'wss://evilfeed.example/', denied],
  ['wss://feed.example', 'wss://a.feed.example/', denied],
  ['wss://feed.example', 'wss://feed.example@evil.test/', bad],
  ['wss://feed.example', 'wss://evil.test/feed.example', denied],
  ['wss://feed.example', 'wss://evil.test\\@feed.example/', denied],
  ['wss://feed.example', 'wss://evil.test?@feed.example/', denied],
  ['wss://feed.example', 'wss://feed.example../', denied],
  ['wss://feed.example', 'wss://fееd.example/', denied], // Cyrillic
  // wildcard depth
  ['wss://*.example.com', 'wss://example.com/', denied],
  ['wss://*.example.com', 'wss://a.b.example.com/', denied],
  ['wss://*.example.com', 'wss://.example.com/', denied],
  ['wss://*.example.com', 'wss://aexample.com/', denied],
  ['wss://*.example.com', 'wss://a.example.com.evil.test/', denied],
  ['wss://*.*.example.com', 'wss://a.example.com/', denied],
  ['wss://*.*.example.com', 'wss://a..example.com/', denied],
  ['wss://*.example.com', 'wss://8.8.8.8/', denied],
  // addresses
  ['ws://*', 'ws://127.0.0.1/', denied],
  ['ws://*', 'ws://2130706433/', denied],
  ['ws://*', 'ws://0x7f.1/', denied],
  ['ws://*', 'ws://0/', denied],
  ['ws://*', 'ws://0.0.0.0/', denied],
  ['ws://*', 'ws://169.254.169.254/latest/meta-data', denied],
  ['ws://*', 'ws://[::1]/', denied],
  ['ws://*', 'ws://[::]/', denied],
  ['ws://*', 'ws://[::ffff:127.0.0.1]/', denied],
  ['ws://*', 'ws://[::ffff:a9fe:a9fe]/', denied],
  ['ws://*', 'ws://[fd00:ec2::254]/', denied],
  ['ws://*', 'ws://[64:ff9b::7f00:1]/', denied],
  ['ws://127.0.0.1', 'ws://127.0.0.2/', denied],
  ['ws://127.0.0.1', 'ws://localhost/', denied],
  ['ws://127.0.0.1', 'ws://[::ffff:127.0.0.1]/', denied],
  ['ws://localhost', 'ws://127.0.0.1/', denied],
  ['ws://localhost', 'ws://a.localhost/', denied],
  ['ws://[::1]', 'ws://[::2]/', denied],
  // user names and passwords, in every place where a parser may look for one
  ['wss://*', 'wss://feed.example@evil.test/', bad],
  ['wss://*', 'wss://feed.example:443@evil.test/', bad],
  ['wss://*', 'wss://feed.example%40evil.test@8.8.8.8/', bad],
  ['wss://*', 'wss://@feed.example/', reached],
  ['wss://*', 'wss://feed.example%40evil.test/', bad],
  ['wss://*', 'wss:/feed.example/', reached],
  ['wss://*', 'wss:feed.example', reached],
  ['wss://*', 'wss:///feed.example/', reached],
  ['wss://*', 'wss://user\\@feed.example/', reached], // the host is "user": it must be resolved first
  ['wss://feed.example', 'wss://user\\@feed.example/', denied],
  // hosts that are none
  ['wss://*', 'wss://', bad],
  ['wss://*', 'wss://:443/', bad],
  ['wss://*', 'wss://feed_example/', reached],
  ['wss://*', 'wss://feed example/', bad],
  ['wss://*', 'wss://feed.example\0.evil.test/', bad],
  ['wss://*', 'wss://feed%2eexample/', reached],
  ['wss://*', 'wss://feed%00.example/', bad],
  ['wss://*', 'wss://feed<.example/', bad],
  ['wss://*', 'wss://xn--/', bad],
  ['wss://*', 'wss://\u00ad/', bad],
  // names that are written otherwise
  ['wss://feed.example', 'wss://ｆｅｅｄ.example/', reached],
  ['wss://feed.example', 'wss://fe\u00aded.example/', reached],
  ['wss://strasse.example', 'wss://straße.example/', denied],
  ['wss://xn--strae-oqa.example', 'wss://straße.example/', reached],
  ['wss://*.example', 'wss://☃.example/', reached],
  ['wss://*.example', 'wss://a..example/', denied],
  ['wss://feed.example', 'wss://feed.example.:443/', reached],
  // addresses, in every form that the parser knows
  ['ws://*', 'ws://0177.0.0.1/', denied],
  ['ws://*', 'ws://0x7f.0.0.1/', denied],
  ['ws://*', 'ws://0x7f000001/', denied],
  ['ws://*', 'ws://017700000001/', denied],
  ['ws://*', 'ws://127.1/', denied],
  ['ws://*', 'ws://127.0.1/', denied],
  ['ws://*', 'ws://127.0.0.1./', denied],
  ['ws://*', 'ws://%31%32%37.0.0.1/', denied],
  ['ws://*', 'ws://①②⑦.0.0.1/', denied],
  ['ws://*', 'ws://127。0。0。1/', denied],
  ['ws://*', 'ws://0xa9fea9fe/', denied],
  ['ws://*', 'ws://2852039166/', denied],
  ['ws://*', 'ws://4294967295/', denied],
  ['ws://*', 'ws://4294967296/', bad],
  ['ws://*', 'ws://0x100000000/', bad],
  ['ws://*', 'ws://127.0.0.256/', bad],
  ['ws://*', 'ws://127.0.0.0x/', denied],
  ['ws://*', 'ws://127.0.0.08/', bad],
  ['ws://*', 'ws://1.2.3.4.5/', bad],
  ['ws://*', 'ws://134744072/', reached], // 8.8.8.8
  ['ws://*', 'ws://010.010.010.010/', reached], // 8.8.8.8
  ['ws://*', 'ws://10.0.0.1.example/', reached], // a name
  ['ws://*', 'ws://[0:0:0:0:0:ffff:7f00:1]/', denied],
  ['ws://*', 'ws://[::127.0.0.1]/', denied],
  ['ws://*', 'ws://[::ffff:0:127.0.0.1]/', denied],
  ['ws://*', 'ws://[::ffff:8.8.8.8]/', reached],
  ['ws://*', 'ws://[2002:7f00:1::]/', denied],
  ['ws://*', 'ws://[fe80::1%25eth0]/', bad],
  ['ws://*', 'ws://[fe80::1%eth0]/', bad],
  ['ws://*', 'ws://[::1/', bad],
  ['ws://*', 'ws://::1/', bad],
  ['ws://*', 'ws://[127.0.0.1]/', bad],
  ['ws://*', 'ws://[::ffff:127.0.0.1]./', bad],
  ['ws://0.0.0.0', 'ws://127.0.0.1/', denied],
  ['ws://10.0.0.5', 'ws://0xa000005/', reached],
  // ports
  ['wss://feed.example', 'wss://feed.example:00443/', reached],
  ['wss://feed.example', 'wss://feed.example:/', reached],
  ['wss://feed.example', 'wss://feed.example:65979/', bad], // 443 in 16 bits
  ['wss://feed.example', 'wss://feed.example:-1/', bad],
  ['wss://feed.example', 'wss://feed.example:4 43/', bad],
  ['wss://*:*', 'wss://feed.example:0/', denied],
  ['wss://*:*', 'wss://feed.example:22/', denied],
  ['wss://*:*', 'wss://feed.example:25/', denied],
  ['wss://feed.example:*', 'wss://feed.example:6667/', denied],
  ['wss://feed.example:*', 'wss://feed.example:10080/', denied],
  ['ws://127.0.0.1:*', 'ws://127.0.0.1:25/', denied],
  ['wss://feed.example:25', 'wss://feed.example:25/', reached],
  ['wss://*:22', 'wss://feed.example:22/', reached],
  ['wss://feed.example:0', 'wss://feed.example:0/', reached],
  // schemes and fragments
  ['wss://*', 'WSS://feed.example/', reached],
  ['wss://*', ' wss://feed.example/ ', reached],
  ['wss://*', 'w\tss://feed.example/', reached],
  ['wss://*', 'javascript:alert(1)', bad],
  ['wss://*', 'blob:wss://feed.example/1', bad],
  ['wss://*', 'wss://feed.example/#', bad],
  ['wss://*', 'wss://feed.example/%23', reached],
]

test.each(patterns)('with the pattern %s, %j comes to %s', (pattern, url, verdict) => {
  expect(verdictOf(new Policy({ allow: [pattern] }), url)).toBe(verdict)
})

const hosts: readonly Row[] = [
  ['feed.example', 'wss://feed.example/', reached],
  ['feed.example', 'wss://feed.example:8443/', reached],
  ['Feed.Example.', 'wss://feed.example/', reached],
  ['feed.example', 'ws://feed.example/', denied],
  ['feed.example', 'ws://feed.example:443/', denied],
  ['feed.example', 'wss://feed.example:25/', denied],
  ['feed.example', 'wss://a.feed.example/', denied],
  ['feed.example', 'wss://feed.example@evil.test/', bad],
  ['*.feed.example', 'wss://a.b.feed.example/', reached],
  ['*.feed.example', 'wss://feed.example/', denied],
  ['*', 'wss://feed.example/', reached],
  ['*', 'ws://feed.example/', denied],
  ['*', 'wss://10.0.0.1/', denied],
  ['*', 'wss://[::1]/', denied],
  ['127.0.0.1', 'wss://127.0.0.1:8443/', reached],
  ['127.0.0.1', 'ws://127.0.0.1/', denied],
  ['localhost', 'wss://localhost/', reached],
  ['localhost', 'wss://127.0.0.1/', denied],
]

test.each(hosts)('with %s in allowedHosts, %j comes to %s', (host, url, verdict) => {
  expect(verdictOf(new Policy({ allow: [], allowedHosts: [host] }), url)).toBe(verdict)
})

test('the port of another protocol is named in the refusal, with the rule that does not cover it', () => {
  const policy = new Policy({ allow: ['wss://feed.example:*'] })
  expect(() => policy.check({ url: 'wss://feed.example:25' })).toThrow(
    '"wss://feed.example:25" is not on the allow list: the list has "wss://feed.example:*"; the integrator ' +
      'can add it to `sockets.allow` (port 25 is another protocol\'s and must be named, "wss://feed.example:*" does not cover it)',
  )
})

test('nothing is reached without a list', () => {
  const policy = new Policy({ allow: [] })
  for (const [, url, verdict] of patterns) {
    expect(verdictOf(policy, url)).toBe(verdict === bad ? bad : denied)
  }
})

describe('what a name resolves to', () => {
  type Answer = readonly [rule: string, answers: readonly string[], code: string]
  const answers: readonly Answer[] = [
    ['wss://feed.example', ['8.8.8.8'], reached],
    ['wss://feed.example', ['8.8.8.8', '2606:4700::1'], reached],
    ['wss://feed.example', ['127.0.0.1'], denied],
    ['wss://feed.example', ['0.0.0.0'], denied],
    ['wss://feed.example', ['8.8.8.8', '10.0.0.1'], denied],
    ['wss://feed.example', ['::ffff:169.254.169.254'], denied],
    ['wss://feed.example', ['8.8.8.8', '::1'], denied],
    ['wss://feed.example', ['fe80::1%eth0'], denied],
    ['wss://*', ['192.168.1.1'], denied],
    ['wss://localhost', ['127.0.0.1', '::1'], reached],
    ['wss://localhost', ['10.0.0.1'], denied],
    ['wss://localhost', ['8.8.8.8'], denied],
    ['wss://feed.example', [], 'EWS_CONNECT'],
  ]

  test.each(answers)(
    'with the pattern %s, a name that resolves to %j comes to %s',
    async (pattern, addresses, code) => {
      const resolve: Resolve = (_name, _options, callback) =>
        callback(
          null,
          addresses.map((address) => ({ address, family: isIPv6(address) ? 6 : 4 })),
        )
      const policy = new Policy({ allow: [pattern] }, resolve)
      const url = new URL(pattern.replace('*', 'feed.example'))
      const lookup = policy.lookupFor(policy.check({ url: url.href }).rule)
      for (const all of [true, false]) {
        const error = await new Promise<NodeJS.ErrnoException | null>((settle) =>
          lookup(url.hostname, { all }, settle),
        )
        expect(error?.code ?? reached).toBe(code)
      }
    },
  )
})
