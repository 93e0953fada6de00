import { mkdir, readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { checkTargets, replaceFiles } from '../src/replace-file.js'
import { project } from './project.js'

test('files are written into folders that are made for them', async () => {
  const folder = await project({ 'b.txt': 'old' })
  await replaceFiles([
    [join(folder, 'x/y/a.bin'), Uint8Array.of(1, 2)],
    [join(folder, 'b.txt'), 'new'],
  ])
  expect([...(await readFile(join(folder, 'x/y/a.bin')))]).toEqual([1, 2])
  expect(await readFile(join(folder, 'b.txt'), 'utf8')).toBe('new')
  expect((await readdir(folder)).sort()).toEqual(['b.txt', 'node_modules', 'x'])
})

test('when the second cannot be written, the first is untouched and nothing is left over', async () => {
  const folder = await project({ 'a.txt': 'old', file: '' })
  const second = join(folder, 'file/b.txt')
  await expect(
    replaceFiles([
      [join(folder, 'a.txt'), 'new'],
      [second, 'new'],
    ]),
  ).rejects.toThrow(`cannot write ${second}: `)
  expect(await readFile(join(folder, 'a.txt'), 'utf8')).toBe('old')
  expect((await readdir(folder)).sort()).toEqual(['a.txt', 'file', 'node_modules'])
})

test('a target that is a folder is found out before anything is done', async () => {
  const folder = await project({ 'a.txt': 'old' })
  await mkdir(join(folder, 'b'))
  const files = [join(folder, 'new.txt'), join(folder, 'a.txt')]
  await expect(checkTargets(files)).resolves.toBeUndefined()
  await expect(checkTargets([...files, join(folder, 'b')])).rejects.toThrow(
    `cannot write ${join(folder, 'b')}: it is a folder`,
  )
})
