import { relative } from 'node:path'
import { gzipSync } from 'node:zlib'

import type { CompiledPlugin } from '../compile.js'
import { isSocketFunction } from '../link/host-function.js'
import type { BuildJob } from './command.js'

type Job = Pick<BuildJob, 'output' | 'portable' | 'meta' | 'engine'>

/** A build in one line. */
export function summary(
  { output, portable, engine }: Job,
  { wasm, exports, imports }: CompiledPlugin,
  seconds: number,
): string {
  const size = `${kilobytes(wasm.length)} KB, ${kilobytes(gzipSync(wasm).length)} KB gzipped`
  const layer = portable || engine === 'extism-js' ? 'portable' : 'direct'
  const others = imports.filter((name) => !isSocketFunction(name))
  return [
    `${relative('', output)}: ${size}`,
    `exports ${exports.join(', ')}`,
    ...(others.length > 0 ? [`imports ${others.join(', ')}`] : []),
    imports.some(isSocketFunction) ? layer : 'no sockets',
    ...(engine === 'extism-ws' ? [] : [`made by ${engine}`]),
    `${seconds.toFixed(2)} s`,
  ].join('; ')
}

/** A build as `--json` has it. */
export function reportObject(
  { output, meta }: Job,
  { wasm, exports, imports, warnings, modules }: CompiledPlugin,
  seconds: number,
): Record<string, unknown> {
  return {
    output,
    bytes: wasm.length,
    gzipBytes: gzipSync(wasm).length,
    exports,
    imports,
    warnings,
    seconds: Number(seconds.toFixed(3)),
    ...(meta
      ? { modules: modules.map((each) => ({ ...each, package: each.package ?? null })) }
      : {}),
  }
}

function kilobytes(bytes: number): number {
  return Math.round(bytes / 1000)
}
