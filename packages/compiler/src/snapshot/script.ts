// What the build runs in the engine around the author's code. Each is one expression in a function:
// declarations would stay behind as globals of the plugin.

import { moduleVariable } from '../bundle/bundle.js'
import { typeLetters } from '../link/cell.js'
import type { ExportType } from '../link/export-body.js'
import { isSocketFunction, type Slot } from '../link/host-function.js'

const engine = 'globalThis[Symbol.for("extism-ws.engine")]'

/** Host functions that a plugin imports. */
export interface LinkedFunctions {
  /** Of sockets, and the integrator's. */
  readonly own: readonly Slot[]
  /** Extism's. */
  readonly extism: readonly Slot[]
}

function noHost(name: string): string {
  return isSocketFunction(name)
    ? 'a WebSocket was opened while the plugin was being built; there is no host yet: ' +
        'connect inside an exported function'
    : `the host function ${name} was called while the plugin was being built; ` +
        'there is no host yet: call it inside an exported function'
}

/**
 * QuickJS keeps so many frames of a stack. At build time more: below those of a library there must
 * be one of the author's.
 */
const frames = { build: 100, run: 10 } as const

/** Before the author's code: the host functions exist in name only, and say so. */
export function prepare({ own }: LinkedFunctions): string {
  const messages = own.map(({ name }) => [name, noHost(name)])
  return `(() => {
    Error.stackTraceLimit = ${frames.build};
    for (const [name, message] of ${JSON.stringify(messages)}) {
      const get = () => { throw new Error(message) };
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
/**
 * At the end: the host functions' slots and the exports. Answers what the engine's `define` does,
 * and the names of all functions that the entry exports.
 *
 * @param types Wasm types of those that become exports of the plugin; undefined for all.
 */
export function finish(
  { own, extism }: LinkedFunctions,
  types: ReadonlyMap<string, ExportType> | undefined,
): string {
  const signatures = Object.fromEntries(
    [...(types ?? [])].map(([name, { params, result }]) => [
      name,
      { params: typeLetters(params), result: typeLetters([result]) },
    ]),
  )
  return `(() => {
    const { hostFunctions, link, define } = ${engine};
    if (Error.stackTraceLimit === ${frames.build}) Error.stackTraceLimit = ${frames.run};
    for (const name of Object.keys(hostFunctions)) delete hostFunctions[name];
    link(${slotsByName(own)}, ${slotsByName(extism)});
    const module = globalThis.${moduleVariable} ?? {};
    globalThis.${moduleVariable} = undefined;
    const named = typeof module === "function" ? { default: module, ...module } : module;
    const isClass = (value) => Object.getOwnPropertyDescriptor(value, "prototype")?.writable === false;
    const functions = Object.entries(named).filter(
      ([, value]) => typeof value === "function" && !isClass(value),
    );
    const signatures = ${JSON.stringify(signatures)};
    const kept = functions.filter(([name]) => ${types === undefined} || Object.hasOwn(signatures, name));
    const exported = functions.map(([name]) => name).sort();
    return JSON.stringify({ ...JSON.parse(define(Object.fromEntries(kept), signatures)), exported });
  })()`
}

/** As an expression: an object with the slots. */
function slotsByName(slots: readonly Slot[]): string {
  return JSON.stringify(
    Object.fromEntries(slots.map(({ name, slot, signature }) => [name, { slot, signature }])),
  )
}

/** After a failure: nothing is exported, and the answer has the lines that were printed. */
export const giveUp = `JSON.stringify({ ...JSON.parse(${engine}.define({})), exported: [] })`
