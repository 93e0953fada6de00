import type { HostFunctions } from './bridge/sdk.js'
import { extismHttpNames } from './module/extism-http.js'

type Spaces = Readonly<Record<string, HostFunctions>>

/** @throws {TypeError} when an integrator's function has the name of one of ours. */
export function mergeFunctions(ours: Spaces, theirs: Spaces): Record<string, HostFunctions> {
  const merged: Record<string, HostFunctions> = { ...ours }
  for (const [space, functions] of Object.entries(theirs)) {
    // What only stands in for a function that an SDK lacks may be replaced.
    const taken = Object.keys(functions).find(
      (name) => Object.hasOwn(ours[space] ?? {}, name) && !extismHttpNames.has(name),
    )
    if (taken !== undefined) {
      throw new TypeError(`functions: "${space}" "${taken}" is a host function of @extism-ws/host`)
    }
    merged[space] = { ...merged[space], ...functions }
  }
  return merged
}
