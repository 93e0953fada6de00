import { describe, expect, it } from 'vitest'

import { inEngine, inNode } from '../sandbox.js'

const tricky: (string | [url: string, base: string])[] = [
  'https://example.com',
  'HTTP://EXAMPLE.com:80/../a/./b/%7e?q=a b#frag ment',
  'https://user:p%40ss@example.com:8443/path;x=1?a=1&b=2#h',
  '  \t https://exa\nmple.org/ \r',
  'https://example.com:443/',
  'https://example.com:65536/',
  'https://example.com:/x',
  'http://a b/',
  'http://[::1]:8080/',
  'http://[2001:DB8:0:0:0:0:0:1]/',
  'http://[::ffff:192.168.0.1]/',
  'http://[1::2::3]/',
  'http://[::1%25eth0]/',
  'http://192.0x00A80001/',
  'http://0300.168.0.0x10/',
  'http://256.1.1.1/',
  'http://1.2.3.4.5/',
  'http://4294967295/',
  'http://09/',
  'http://127.1./',
  'http://ExAmPlE%2ecom/',
  'http://a%00b/',
  'http://a<b/',
  'https://münchen.de/ü?ü#ü',
  'https://MÜNCHEN.de',
  'https://faß.de',
  'https://ΒΌΛΟΣ.com',
  'https://日本語。ＪＰ',
  'https://☃.net/',
  'https://xn--mnchen-3ya.de',
  'https://xn--a/',
  'https://xn--/',
  'https://a\u00adb.com',
  'https://\u0301a.com',
  'https://a\u200bb.com',
  'https://\u2028.com',
  'https://\ud800.com/\ud800?\udc00#\udfff',
  'file:///C|/a/../..',
  'file://host/C:/x',
  'file:c:\\a\\b',
  'file:///../x',
  'http:\\\\example.com\\a\\b',
  'http:example.com',
  'http:///example.com',
  'http://',
  'https://?',
  'mailto:a@b.c?subject=x y',
  'data:text/plain,hello world',
  'javascript:alert(1)//"<>',
  'urn:isbn:0451450523',
  'blob:https://example.com/uuid',
  'blob:nonsense',
  'about:blank',
  'ws://h:80/',
  'wss://h:80/',
  'ftp://h:21/x',
  'foo://bar baz/',
  'foo://BAR:80/a/../b?x#y',
  'foo:///p',
  'foo:/..//x',
  'web+demo:/.//not-a-host/',
  'non-special://[::1]/x',
  '//no-scheme',
  '',
  'x',
  '1http://a',
  'https://a/%zz%4',
  'https://a/?\'"<>`{}',
  "foo://a/?'",
  'https://a/ \u0000\u007f\u00ff',
  'https://a@b@c/',
  'https://:@a/',
  'https://u:@a/',
  'https://a/#?x#y',
  'https://a/?x?y',
  ['../x?y', 'https://a/b/c/d'],
  ['//b/c', 'https://a/x'],
  ['?q', 'https://a/b?old#f'],
  ['#f', 'https://a/b?q'],
  ['', 'https://a/b?q#f'],
  ['..', 'file:///C:/a'],
  ['x', 'mailto:a'],
  ['#x', 'mailto:a'],
  ['/x', 'nonsense'],
  ['https:x', 'https://a/b/'],
  ['https:x', 'http://a/b/'],
  ['\\x', 'https://a/b'],
]

const members = [
  ...['href', 'origin', 'protocol', 'username', 'password', 'host', 'hostname', 'port'],
  ...['pathname', 'search', 'hash'],
]

const inputs: string[] = [
  ...['', '?', '#', 'x', '/', '@', '8080', '99999', '0x50', 'a b', 'ü', '%zz', '\u0000'],
  ...['http', 'foo', '1.2', '//', './/', '?a=b&c', '#f', '\t1\n2', 'a/b', 'a\\b'],
]

const asInNode: [string, string][] = [
  [
    'parameters',
    `const params = new URLSearchParams('?a=1&b=2&a=3&%20=%zz&c&=d&&e=+%2B')
    params.append('f', 'ü &='); params.set('a', 4); params.delete('b'); params.delete('e', 'no')
    return [String(params), params.size, params.get('a'), params.getAll('x'), params.get('x'),
      params.has('a'), params.has('a', '5'), [...params], [...params.keys()], [...params.values()]]`,
  ],
  [
    'parameters of anything',
    `const own = new URLSearchParams('x=1')
    return [[['a', 1], ['a', 2]], { b: 2, c: undefined }, new Map([['d', 'e']]), own, 'f=g', '?h', 5,
      new Set(['kv'].map((v) => v.split('')))].map((init) => String(new URLSearchParams(init)))`,
  ],
  [
    'no parameters of what has no pairs',
    `return [[['a']], [['a', 'b', 'c']], [1]].map((init) => thrown(() => new URLSearchParams(init)))`,
  ],
  [
    'sorted parameters',
    `const params = new URLSearchParams('z=1&a=2&ﬃ=3&🌈=4&a=1'); params.sort(); return String(params)`,
  ],
  [
    'parameters and a URL that follow each other',
    `const url = new URL('https://a/?x=1&y=%20#h'); const { searchParams } = url; const seen = []
    seen.push(searchParams.get('y'), url.href)
    searchParams.append('z', 'a b'); seen.push(url.href)
    url.search = '?n=1'; seen.push([...searchParams], url.searchParams === searchParams)
    url.href = 'https://b/?m=2'; seen.push([...searchParams])
    searchParams.delete('m'); seen.push(url.href)
    return seen`,
  ],
  [
    'iteration over what changes',
    `const params = new URLSearchParams('a=1&b=2&c=3'); const seen = []
    for (const [name] of params) { seen.push(name); if (name === 'a') params.delete('b') }
    params.forEach((value, name, all) => seen.push(value, name, all === params))
    return seen`,
  ],
  [
    'static methods',
    `return [URL.canParse('x'), URL.canParse('x', 'https://a'), URL.canParse('https://a'), thrown(() => new URL('x')),
      thrown(() => new URL()), String(new URL(new URL('https://a/b'), 'x:y')), JSON.stringify(new URL('a:b')),
      Object.prototype.toString.call(new URL('a:b')), String(new URLSearchParams())]`,
  ],
]

describe('URL', () => {
  it('parses tricky URLs as Node does', async () => {
    const script = `return ${JSON.stringify(tricky)}.map((input) => {
      const args = [input].flat()
      try {
        const url = new URL(...args)
        return [...args, ${JSON.stringify(members)}.map((member) => url[member])]
      } catch (error) { return [...args, error.name, error.code] }
    })`
    const [ours, nodes] = [inEngine(script, 'url'), await inNode(script)]
    expect(ours).toEqual(nodes)
  })

  it.each(['https://u:p@h:1/a?b#c', 'foo://h/x', 'mailto:x', 'file:///a', 'http://h'])(
    'sets the parts of %s as Node does',
    async (start) => {
      const script = `return ${JSON.stringify(inputs)}.map((input) =>
        ${JSON.stringify(members.filter((member) => member !== 'origin'))}.map((member) => {
          const url = new URL(${JSON.stringify(start)})
          try { url[member] = input } catch (error) { return error.name }
          return [input, member, url.href].join(' | ')
        }))`
      expect(inEngine(script, 'url')).toEqual(await inNode(script))
    },
  )

  it.each(asInNode)('has %s, as in Node', async (_name, script) => {
    expect(inEngine(script, 'url')).toEqual(await inNode(script))
  })

  // Node 20's parser is older, or differs from the standard's reference implementation.
  it.each([
    ["new URL('data:a  #x').href", 'data:a %20#x'],
    ["Object.assign(new URL('https://h:1/'), { port: 'a:1' }).href", 'https://h:1/'],
    ["Object.assign(new URL('foo://h/x'), { host: ':' }).href", 'foo://h/x'],
    ["Object.assign(new URL('foo://h/x'), { pathname: '..' }).href", 'foo://h/'],
    ["Object.assign(new URL('https://h/'), { host: '[::1]:8' }).href", 'https://[::1]:8/'],
    ['String(new URLSearchParams(null))', 'null='],
  ])('follows the standard in %s', (script, expected) => {
    expect(inEngine(`return ${script}`, 'url')).toBe(expected)
  })

  it('has URL.parse, which answers null', () => {
    const script = "return [URL.parse('x'), URL.parse('x', 'https://a').href]"
    expect(inEngine(script, 'url')).toEqual([null, 'https://a/x'])
  })

  it('says what it could not parse', () => {
    const script = "try { new URL('/x', 'y') } catch (error) { return error.message }"
    expect(inEngine(script, 'url')).toBe('Invalid URL: "/x", base "y"')
  })
})
