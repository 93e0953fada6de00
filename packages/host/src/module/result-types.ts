import { listImportedFunctions, ValueType } from '@extism-ws/wasm'

/** The type of the result of each function that a plugin imports, by namespace and name. */
export type ResultTypes = ReadonlyMap<string, ReadonlyMap<string, ResultType>>

type ResultType = 'none' | 'i64' | 'number'

const cell = new BigInt64Array(1)

/** Modules of a plugin that want different types of one function have none that is known. */
export function resultTypes(modules: readonly Uint8Array[]): ResultTypes {
  const spaces = new Map<string, Map<string, ResultType>>()
  const disputed: [space: string, name: string][] = []
  for (const bytes of modules) {
    for (const { module, name, type } of functionsOf(bytes)) {
      const [result] = type.results
      const wanted = result === undefined ? 'none' : result === ValueType.i64 ? 'i64' : 'number'
      const space = spaces.get(module) ?? new Map<string, ResultType>()
      spaces.set(module, space)
      const known = space.get(name) ?? wanted
      space.set(name, known)
      if (known !== wanted) disputed.push([module, name])
    }
  }
  for (const [space, name] of disputed) spaces.get(space)?.delete(name)
  return spaces
}

function functionsOf(bytes: Uint8Array): ReturnType<typeof listImportedFunctions> {
  try {
    return listImportedFunctions(bytes)
  } catch {
    // Types of newer proposals, or no module: then the results are not looked at.
    return []
  }
}

/**
 * What Wasm would make of a result. It would throw where that is impossible, and the exception would run
 * through the plugin, which is the end of its instance.
 *
 * @throws {TypeError} here instead.
 */
export function typedResult(
  types: ResultTypes,
  space: string,
  name: string,
  value: unknown,
): number | bigint | undefined {
  const type = types.get(space)?.get(name)
  if (type === 'none') return undefined
  // The conversions of Wasm itself; `Number(…)` and `BigInt(…)` take more than they do.
  if (type === 'number') return +(value as number)
  if (type === 'i64') {
    cell[0] = value as bigint
    return cell[0]
  }
  return value as number | bigint | undefined
}
