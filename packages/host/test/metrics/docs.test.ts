import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, it, onTestFinished } from 'vitest'

import { catalogue, distributions } from '../../src/metrics/catalogue.js'
import { channels } from '../../src/metrics/channels.js'
import { prometheusName } from '../../src/metrics/prometheus.js'
import { instrumentName } from '../../src/opentelemetry/names.js'
import { Page, table } from '../../../protocol/test/generated-table.js'

// UPDATE_DOCS=1 npx vitest run test/metrics/docs.test.ts writes the tables anew.
const page = new Page('operations.md')
const root = fileURLToPath(new URL('../../', import.meta.url))
const code = (text: string): string => `\`${text}\``

it('docs/operations.md has every metric under both of its names', () => {
  const rows = [
    ...catalogue.map((metric) => [
      code(prometheusName(metric, metric.kind === 'counter')),
      code(instrumentName(metric.name)),
      metric.kind,
      code(metric.unit),
      metric.by ?? '',
      metric.help,
    ]),
    ...distributions.map((each) => [
      code(prometheusName(each)),
      code(instrumentName(each.name)),
      'histogram',
      code(each.unit),
      '',
      each.help,
    ]),
  ]
  const header = ['Prometheus', 'OpenTelemetry', 'kind', 'unit', 'by', 'what']
  const wanted = table(header, rows)
  expect(page.generated('metrics', wanted)).toBe(wanted)
})

/** Values of a message, besides those that all have. */
function fieldsOf(type: string, source: string): string[] {
  if (type === 'PluginIdentity') return []
  const start = source.indexOf(`export interface ${type} `)
  const [head = '', body = ''] = source.slice(start).split(/\{([^}]*)\}/)
  const own = [...body.matchAll(/readonly (\w+)/g)].map(([, name = '']) => name)
  const above = / extends (.*) $/.exec(head)?.[1]?.split(', ') ?? []
  return [...own, ...above.flatMap((each) => fieldsOf(each, source))]
}

it('docs/operations.md has every channel, with the values of its messages', async () => {
  const source = await readFile(`${root}src/metrics/channels.ts`, 'utf8')
  const rows = [
    ...source.matchAll(/\/\*\* `(extism-ws:[\w.]+)`: (.*?) \*\/\nexport interface (\w+)/g),
  ]
  expect(rows).toHaveLength(Object.keys(channels).length)
  const cells = rows.map(([, name = '', when = '', type = '']) => {
    return [code(name), when, code(type), fieldsOf(type, source).map(code).join(', ')]
  })
  const wanted = table(['channel', 'when', 'message', 'with'], cells)
  expect(page.generated('channels', wanted)).toBe(wanted)
})

it('the code of docs/operations.md is well typed for strict projects', async () => {
  // Within this package, which finds itself by its published name.
  const folder = await mkdtemp(`${root}.operations-`)
  onTestFinished(() => rm(folder, { recursive: true }))
  const marked = [...page.text.matchAll(/^```ts (\w+)\n([\s\S]*?)^```$/gm)]
  const ours = ['prometheus', 'opentelemetry', 'channels', 'logs']
  const snippets = marked.filter(([, mark = '']) => ours.includes(mark))
  expect(snippets.map(([, mark]) => mark)).toEqual(ours)
  for (const [, mark, text = ''] of snippets) await writeFile(`${folder}/${mark}.ts`, text)
  const compilerOptions = {
    ...{ noEmit: true, strict: true, target: 'es2022', module: 'nodenext', types: ['node'] },
    ...{ lib: ['es2023', 'esnext.disposable', 'dom'], skipLibCheck: true },
  }
  const files = ours.map((mark) => `${mark}.ts`)
  await writeFile(`${folder}/tsconfig.json`, JSON.stringify({ compilerOptions, files }))
  const tsc = `${root}node_modules/typescript/bin/tsc`
  const { stdout } = await promisify(execFile)(process.execPath, [tsc, '-p', folder])
  expect(stdout).toBe('')
})
