import { pathToFileURL } from 'node:url'
import { describe, expect, it } from 'vitest'

import { inPackage, node } from './program.js'

const file = pathToFileURL(inPackage('dist/quiet-wasi.js')).href

/** What a program prints on stderr that is quiet about WASI and then runs `code`. */
async function warnings(code: string): Promise<string> {
  const program = `import { quietWasi } from '${file}'; quietWasi(); ${code}`
  return (await node('--input-type=module', '--eval', program)).stderr
}

describe('quietWasi', () => {
  it('drops the warning that WASI is experimental', async () => {
    expect(await warnings("await import('node:wasi')")).toBe('')
  })

  it('prints every other experimental warning', async () => {
    expect(await warnings("process.emitWarning('Tea is new', 'ExperimentalWarning')")).toContain(
      'ExperimentalWarning: Tea is new',
    )
  })

  it('prints a warning of another kind about WASI, with its code and detail', async () => {
    const options = "{ type: 'DeprecationWarning', code: 'TEA001', detail: 'drink up' }"
    const printed = await warnings(`process.emitWarning('WASI is old', ${options})`)
    expect(printed).toContain('[TEA001] DeprecationWarning: WASI is old\ndrink up')
  })
})
