import { describe, expect, it } from 'vitest'

import { inEngine, inNode } from '../sandbox.js'

const asInNode: [string, string][] = [
  [
    'are made of records, pairs and headers',
    `return [{ B: 1, a: ' x\\t' }, [['a', 'b'], ['A', 'c']], new Headers({ q: 'r' }), new Map([['m', 'n']]), undefined]
      .map((init) => [...new Headers(init)])`,
  ],
  [
    'are looked up in any case, and combined',
    `const headers = new Headers(); headers.append('X-A', '1'); headers.append('x-a', '2'); headers.set('Y', 'y')
    headers.delete('y')
    return [headers.get('X-a'), headers.has('x-A'), headers.get('y'), headers.has('Y'), String(headers)]`,
  ],
  [
    'are sorted, cookies apart',
    `const headers = new Headers([['z', '1'], ['set-cookie', 'a=1'], ['b', '2'], ['Set-Cookie', 'b=2'], ['b', '3']]); const seen = []
    headers.forEach((value, name, all) => seen.push([name, value, all === headers]))
    return [[...headers], [...headers.keys()], [...headers.values()], headers.getSetCookie(), headers.get('set-cookie'), seen]`,
  ],
  [
    'refuse what is no header',
    `return [['a b', '1'], ['', '1'], ['é', '1'], ['a', 'x\\ny'], ['a', 'x\\0'], ['a', '€']]
      .map(([name, value]) => [thrown(() => new Headers([[name, value]])), thrown(() => new Headers().set(name, value))])
      .concat(thrown(() => new Headers().get('a:')), thrown(() => new Headers([['a']])), thrown(() => new Headers('text')), thrown(() => new Headers(null)))`,
  ],
  ['keep Latin-1', `return new Headers({ a: 'é' }).get('a')`],
]

describe('Headers', () => {
  it.each(asInNode)('%s, as in Node', async (_name, script) => {
    expect(inEngine(script, 'fetch')).toEqual(await inNode(script))
  })
})
