import { readFileSync, writeFileSync } from 'node:fs'

/** A Markdown table; the cells are Markdown themselves. */
export function table(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell) => cell.replaceAll('|', String.raw`\|`)).join(' | ')} |`
  return [line(header), line(header.map(() => '---')), ...rows.map(line)].join('\n')
}

/** A page of the documentation, parts of which are made from the sources. */
export class Page {
  readonly #file: URL

  /** @param name path below the repository's `docs` folder. */
  constructor(name: string) {
    this.#file = new URL(`../../../docs/${name}`, import.meta.url)
  }

  get text(): string {
    return readFileSync(this.#file, 'utf8')
  }

  /**
   * What stands between the markers `<!-- generated:name -->` and `<!-- /generated -->`. With
   * UPDATE_DOCS=1 in the environment, `wanted` is written there first.
   */
  generated(name: string, wanted: string): string {
    const { text } = this
    const opening = `<!-- generated:${name} -->\n\n`
    const start = text.indexOf(opening) + opening.length
    const end = text.indexOf('\n\n<!-- /generated -->', start)
    if (start < opening.length || end === -1) {
      throw new Error(`${this.#file.pathname} has no generated part "${name}"`)
    }
    if (process.env['UPDATE_DOCS'] !== '1') return text.slice(start, end)
    writeFileSync(this.#file, text.slice(0, start) + wanted + text.slice(end))
    return wanted
  }
}
