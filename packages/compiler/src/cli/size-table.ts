import type { ModuleSize } from '../bundle/module-size.js'

interface Row {
  readonly bytes: number
  readonly name: string
}

const ownCode = 'your own files'

/** How many bytes of the bundle come from which file, grouped by package, largest first. */
export function sizeTable(modules: readonly ModuleSize[]): string {
  const total = sum(modules)
  const rows = [...groups(modules)]
    .map(([name, files]) => ({ name, files, bytes: sum(files) }))
    .sort(bySize)
    .flatMap(({ name, files, bytes }): Row[] => [
      { name, bytes },
      ...files.map((each) => ({ name: `  ${each.file}`, bytes: each.bytes })),
    ])
  const all = [...rows, { name: 'the whole bundle', bytes: total }]
  const width = Math.max('bytes'.length, ...all.map(({ bytes }) => String(bytes).length))
  const share = (bytes: number): string => ((100 * bytes) / Math.max(1, total)).toFixed(1)
  return [
    `${'bytes'.padStart(width)}  ${'%'.padStart(5)}  module`,
    ...all.map(
      ({ name, bytes }) => `${String(bytes).padStart(width)}  ${share(bytes).padStart(5)}  ${name}`,
    ),
  ].join('\n')
}

function groups(modules: readonly ModuleSize[]): Map<string, ModuleSize[]> {
  const found = new Map<string, ModuleSize[]>()
  for (const module of [...modules].sort((a, b) => b.bytes - a.bytes)) {
    const name = module.package ?? ownCode
    found.set(name, [...(found.get(name) ?? []), module])
  }
  return found
}

function sum(modules: readonly { readonly bytes: number }[]): number {
  return modules.reduce((total, { bytes }) => total + bytes, 0)
}

function bySize(a: Row, b: Row): number {
  return b.bytes - a.bytes || (a.name < b.name ? -1 : 1)
}
