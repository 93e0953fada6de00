import type { Signature, ValueType } from '@extism-ws/protocol'

import type { Place } from '../bundle/place.js'

/** What an interface file (`plugin.d.ts`, as js-pdk has it) says about a plugin. */
export interface PluginInterface {
  /** The functions of module "main", in the order of the file. */
  readonly exports: readonly ExportDeclaration[]
  /** The functions of "extism:host", in the order of the file. */
  readonly imports: readonly ImportDeclaration[]
}

/** A function that a host may call. */
export interface ExportDeclaration {
  readonly name: string
  readonly params: readonly ValueType[]
  readonly result: ValueType | undefined
  readonly place: Place
}

/** A host function of the integrator's own. */
export interface ImportDeclaration {
  /** The Wasm module it is imported from: `extism:host/user`. */
  readonly namespace: string
  readonly name: string
  readonly signature: Signature
  readonly place: Place
}
