import { describe, expect, it } from 'vitest'

import { inEngine } from '../sandbox.js'

describe('URLPattern', () => {
  it('matches and tells the groups', () => {
    const script = `
      const pattern = new URLPattern({ pathname: '/books/:id(\\\\d+)/*', hostname: '{:sub.}?example.com' })
      const found = pattern.exec('https://api.example.com/books/12/page?x')
      return [found.pathname.groups, found.hostname.groups.sub, pattern.test('https://example.com/books/x/'),
        new URLPattern('/a/:b', 'https://h').test('https://h/a/ü'), pattern.pathname]`
    expect(inEngine(script, 'url-pattern')).toEqual([
      { id: '12', 0: 'page' },
      'api',
      false,
      true,
      '/books/:id(\\d+)/*',
    ])
  })
})
