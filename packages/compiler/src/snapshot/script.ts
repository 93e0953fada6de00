// What the build runs in the engine around the author's code. Each is one expression in a function:
// declarations would stay behind as globals of the plugin.

import { moduleVariable } from '../bundle/bundle.js'
import { typeLetters } from '../link/cell.js'
import type { ExportType } from '../link/export-body.js'
import type { Slot } from '../link/host-function.js'

const engine = 'globalThis[Symbol.for("extism-ws.engine")]'

const noHost =
  'a WebSocket was opened while the plugin was being built; there is no host yet: ' +
  'connect inside an exported function'

/**
 * QuickJS keeps so many frames of a stack. At build time more: below those of a library there must
 * be one of the author's.
 */
const frames = { build: 100, run: 10 } as const

/** Before the author's code: the host functions exist in name only, and say so. */
export function prepare(names: readonly string[]): string {
  return `(() => {
    Error.stackTraceLimit = ${frames.build};
    const get = () => { throw new Error(${JSON.stringify(noHost)}) };
    for (const name of ${JSON.stringify(names)}) {
      Object.defineProperty(${engine}.hostFunctions, name, { get, configurable: true, enumerable: true });
    }
    ${engine}.watch();
  })()`
}

/** After it: throws what a promise was rejected with that nothing handles. */
export const throwUnhandled = `(() => {
  const reasons = ${engine}.loop.rejections.take();
  if (reasons.length > 0) throw reasons[0];
})()`

/**
 * At the end: the host functions' slots, the exports, and the Wasm types of those that an interface
 * file declares. Answers what the engine's `define` does.
 */
export function finish(
  slots: Readonly<Record<string, Slot>>,
  types: ReadonlyMap<string, ExportType>,
): string {
  const signatures = Object.fromEntries(
    [...types].map(([name, { params, result }]) => [
      name,
      { params: typeLetters(params), result: typeLetters([result]) },
    ]),
  )
  return `(() => {
    const { hostFunctions, link, define } = ${engine};
    if (Error.stackTraceLimit === ${frames.build}) Error.stackTraceLimit = ${frames.run};
    for (const name of Object.keys(hostFunctions)) delete hostFunctions[name];
    link(${JSON.stringify(slots)});
    const exported = globalThis.${moduleVariable} ?? {};
    globalThis.${moduleVariable} = undefined;
    const named = typeof exported === "function" ? { default: exported, ...exported } : exported;
    const isClass = (value) => Object.getOwnPropertyDescriptor(value, "prototype")?.writable === false;
    return define(Object.fromEntries(Object.entries(named).filter(
      ([, value]) => typeof value === "function" && !isClass(value),
    )), ${JSON.stringify(signatures)});
  })()`
}

/** After a failure: nothing is exported, and the answer has the lines that were printed. */
export const giveUp = `${engine}.define({})`
