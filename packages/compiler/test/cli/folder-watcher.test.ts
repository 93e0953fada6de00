import { mkdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { FolderWatcher } from '../../src/cli/folder-watcher.js'
import { project } from '../project.js'

test('a folder that has taken the place of another is watched anew, though it may have its number', async () => {
  const root = await project({ 'lib/text.ts': '' })
  const file = join(root, 'lib/text.ts')
  const watcher = new FolderWatcher()
  onTestFinished(() => watcher.close())
  expect([...watcher.follow([file], () => true)]).toEqual([join(root, 'lib')])
  expect([...watcher.follow([file], () => true)]).toEqual([])

  await rm(join(root, 'lib'), { recursive: true })
  // The clocks of file systems go in steps of some milliseconds.
  await new Promise((resolve) => setTimeout(resolve, 20))
  await mkdir(join(root, 'lib'))
  expect([...watcher.follow([file], () => true)]).toEqual([join(root, 'lib')])
  await writeFile(file, 'changed')
  await watcher.change(new AbortController().signal, 1)
})
