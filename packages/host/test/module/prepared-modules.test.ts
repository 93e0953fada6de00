import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { expect, it } from 'vitest'

import { preparedModule } from '../../src/module/prepared-modules.js'
import { eventually } from '../eventually.js'

setFlagsFromString('--expose-gc')
const collect = runInNewContext('gc') as () => void

/** An empty module, with a custom section that makes it another one. */
function moduleOf(byte: number): Uint8Array {
  return Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0, 0, 3, 1, 0x78, byte)
}

const mebibyte = 2 ** 20

it('a module is prepared once for the same bytes and bound, also when plugins are made at once', async () => {
  const all = await Promise.all([1, 2, 3].map(() => preparedModule(moduleOf(1), mebibyte)))
  all.push(await preparedModule(moduleOf(1), mebibyte))
  expect(new Set(all.map(({ compiled }) => compiled)).size).toBe(1)
})

it('is another one for other bytes, and for another bound', async () => {
  const one = await preparedModule(moduleOf(2), mebibyte)
  const others = [await preparedModule(moduleOf(3), mebibyte)]
  others.push(await preparedModule(moduleOf(2), 2 * mebibyte))
  for (const { compiled } of others) expect(compiled).not.toBe(one.compiled)
})

it('is another one when the caller has changed the bytes since', async () => {
  const bytes = moduleOf(4)
  const before = await preparedModule(bytes, mebibyte)
  bytes[12] = 5
  expect((await preparedModule(bytes, mebibyte)).compiled).not.toBe(before.compiled)
})

it('is forgotten when no plugin uses it any more', async () => {
  const weak = await (async () =>
    new WeakRef((await preparedModule(moduleOf(6), mebibyte)).compiled))()
  await eventually(() => {
    collect()
    // Not the module itself: the error of an expectation would keep it.
    expect(weak.deref() === undefined).toBe(true)
  })
  await preparedModule(moduleOf(6), mebibyte)
})

it('that cannot be loaded fails each time', async () => {
  for (let i = 0; i < 2; i++) {
    await expect(preparedModule(Uint8Array.of(1, 2, 3), mebibyte)).rejects.toMatchObject({
      code: 'EWS_BAD_MODULE',
    })
  }
})
