import { mkdir, mkdtemp, realpath, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { onTestFinished } from 'vitest'
import { compile, EwsError, type CompileOptions } from '../src/index.js'

const guest = fileURLToPath(new URL('../../guest', import.meta.url))

const installed = fileURLToPath(new URL('../node_modules', import.meta.url))

/**
 * An author's project in a temporary folder, with the guest library installed.
 *
 * @param packages others to install, of those that this package has for its tests.
 */
export async function project(
  files: Readonly<Record<string, string>>,
  packages: readonly string[] = [],
): Promise<string> {
  const folder = await mkdtemp(join(await realpath(tmpdir()), 'ews-compiler-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  await mkdir(join(folder, 'node_modules/@extism-ws'), { recursive: true })
  await symlink(guest, join(folder, 'node_modules/@extism-ws/guest'), 'junction')
  for (const name of packages) {
    await symlink(join(installed, name), join(folder, 'node_modules', name), 'junction')
  }
  for (const [name, contents] of Object.entries(files)) {
    await mkdir(dirname(join(folder, name)), { recursive: true })
    await writeFile(join(folder, name), contents)
  }
  return folder
}

/** A file of `test/fixtures`. */
export function fixture(name: string): string {
  return fileURLToPath(new URL(`fixtures/${name}`, import.meta.url))
}

/**
 * The message with which the first of these files is refused, as somebody in the project's folder
 * would see it.
 */
export async function refusal(
  files: Readonly<Record<string, string>>,
  options: Omit<CompileOptions, 'entry'> = {},
): Promise<string> {
  const folder = await project(files)
  const entry = join(folder, Object.keys(files)[0] ?? '')
  const paths =
    options.interface === undefined ? {} : { interface: join(folder, options.interface) }
  const error: unknown = await compile({ ...options, ...paths, entry }).catch(
    (thrown: unknown) => thrown,
  )
  if (!(error instanceof EwsError)) throw new Error(`it was compiled: ${entry}`)
  if (error.code !== 'EWS_BUILD') throw error
  return error.message.replaceAll(`${relative('', folder)}/`, '').replaceAll(`${folder}/`, '')
}
