import { createRequire } from 'node:module'
import { resolve } from 'node:path'
import { directFunctions, portableFunctions, scriptName, type Signature } from '@extism-ws/protocol'
import { build, type BuildFailure, type Metafile } from 'esbuild'

import { syntaxError } from './diagnostic.js'

/** A bundle, and what it needs of the host. */
export interface Bundle {
  /** One script; its completion value is the engine's answer to `define`. */
  readonly code: string
  /** Source map of `code`, as JSON. */
  readonly map: string
  /** The socket host functions that the bundle calls. */
  readonly hostFunctions: ReadonlyMap<string, Signature>
  /** What esbuild had to say, readable. */
  readonly warnings: readonly string[]
}

const moduleVariable = '__ews_module'
const define = `globalThis[Symbol.for("extism-ws.engine")].define(${moduleVariable})`

/**
 * Bundles an entry file with everything it imports, for the engine.
 *
 * @throws {EwsError} `EWS_BUILD` with the author's file, line and column.
 */
export async function bundle(entry: string, options: { portable: boolean }): Promise<Bundle> {
  const layer = options.portable ? 'extism-ws-portable' : 'extism-ws-direct'
  try {
    const { outputFiles, metafile, warnings } = await build({
      entryPoints: [entry],
      outfile: scriptName,
      bundle: true,
      write: false,
      metafile: true,
      format: 'iife',
      globalName: moduleVariable,
      footer: { js: define },
      inject: guestGlobals(entry),
      platform: 'neutral',
      mainFields: ['browser', 'module', 'main'],
      conditions: ['browser', 'module', layer],
      // The engine knows ES2023, but not `using`; esbuild lowers that for every target below esnext.
      target: 'es2023',
      sourcemap: 'external',
      charset: 'utf8',
      legalComments: 'none',
      logLevel: 'silent',
    })
    const code = outputFiles.find(({ path }) => path.endsWith('.js'))?.text ?? ''
    return {
      code,
      map: outputFiles.find(({ path }) => path.endsWith('.map'))?.text ?? '{}',
      hostFunctions: usedHostFunctions(code, metafile, options.portable),
      warnings: warnings.map(({ text, location }) =>
        location === null
          ? text
          : `${location.file}:${location.line}:${location.column + 1}: ${text}`,
      ),
    }
  } catch (error) {
    throw syntaxError(error as BuildFailure)
  }
}

/** The file that gives free names like `WebSocket` a meaning, where the project has the guest library. */
function guestGlobals(entry: string): string[] {
  try {
    return [createRequire(resolve(entry)).resolve('@extism-ws/guest/globals')]
  } catch {
    return []
  }
}

/** A plugin that does not use sockets must load anywhere: it imports nothing that it does not call. */
function usedHostFunctions(
  code: string,
  metafile: Metafile,
  portable: boolean,
): Map<string, Signature> {
  const bridges = Object.values(metafile.inputs)
    .flatMap(({ imports }) => imports)
    .filter(({ original }) => original === '#bridge')
    .map(({ path }) => path)
  const inOutput = Object.values(metafile.outputs).some(({ inputs }) =>
    bridges.some((path) => (inputs[path]?.bytesInOutput ?? 0) > 0),
  )
  const functions: Record<string, Signature> = portable ? portableFunctions : directFunctions
  return new Map(
    Object.entries(functions).filter(([name]) => inOutput && code.includes(`"${name}"`)),
  )
}
