import { mkdir, writeFile } from 'node:fs/promises'
import { basename, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { compile } from '@extism-ws/compiler'
import { createPlugin, PluginError } from '@extism-ws/host'
import { runInterview } from './restart-demo.js'
import { quietWasi } from './quiet-wasi.js'
import { ExampleServer, tickCount } from './server.js'

/** What src/plugins/ticker.ts returns. */
interface Summary {
  readonly count: number
  readonly min: number
  readonly max: number
  readonly mean: number
  readonly last: number
}

// Another entry file may be given, to see how the demo takes a plugin that does something else.
const entry = process.argv[2] ?? pathOf('../src/plugins/ticker.ts')

quietWasi()
try {
  const file = await compilePlugin(entry)
  const { count } = await runTicker(file)
  if (count !== tickCount) {
    throw new Error(`the server sent ${tickCount} messages, the plugin received ${count}`)
  }
  if (process.argv[2] === undefined) {
    console.log('\nA plugin that is killed in the middle of a conversation')
    const interview = await compilePlugin(pathOf('../src/plugins/interview.ts'))
    const answers = await runInterview(interview, printer())
    console.log(
      `\n${answers} questions answered over one connection, by two instances of the plugin`,
    )
  }
  console.log(`\ndemo ok: ${count} messages received by the plugin`)
} catch (error) {
  console.error(`\ndemo failed: ${describe(error)}`)
  process.exitCode = 1
}

/** Writes the plugin and its source map, as `extism-ws build` does. Returns the plugin's path. */
async function compilePlugin(source: string): Promise<string> {
  console.log(`Compiling ${relative('', source)} to WebAssembly`)
  const started = performance.now()
  const { wasm, map, exports } = await compile({ entry: source })
  const folder = pathOf('demo')
  const file = `${folder}/${basename(source, '.ts')}.wasm`
  await mkdir(folder, { recursive: true })
  await writeFile(file, wasm)
  await writeFile(`${file}.map`, map)
  const size = `${kilobytes(wasm)} KB (${kilobytes(gzipSync(wasm))} KB gzipped)`
  console.log(`  ${secondsSince(started)} s  ${size}, exports: ${exports.join(', ')}`)
  return file
}

async function runTicker(file: string): Promise<Summary> {
  console.log('\nRunning it against a WebSocket server on this machine')
  const print = printer()
  await using server = await ExampleServer.start(print('server'))
  // The plugin's own console: its lines come while it runs.
  const plugin = print('plugin')
  await using ticker = await createPlugin(file, {
    sockets: { allow: [server.origin] },
    logger: { debug: plugin, info: plugin, warn: plugin, error: plugin },
  })
  const answer = await ticker.call('run', `${server.origin}/ticker`)
  if (answer === null) throw new Error('the plugin answered nothing')
  const summary = answer.json<Summary>()
  console.log("\nThe plugin's answer")
  for (const [name, value] of Object.entries(summary)) {
    console.log(`  ${name.padEnd(6)}${Math.round(value * 100) / 100}`)
  }
  return summary
}

/** Prints lines with the time since now and who they are from. */
function printer(): (who: string) => (line: string) => void {
  const started = performance.now()
  return (who) => (line) => console.log(`  ${secondsSince(started)} s  ${who}  ${line}`)
}

/** What a plugin threw has a stack in its author's file; for the rest the message says it all. */
function describe(error: unknown): string {
  if (error instanceof PluginError) return error.stack ?? error.message
  return error instanceof Error ? error.message : String(error)
}

function pathOf(relativeToHere: string): string {
  return fileURLToPath(new URL(relativeToHere, import.meta.url))
}

function secondsSince(started: number): string {
  return ((performance.now() - started) / 1000).toFixed(2)
}

function kilobytes(bytes: Uint8Array): number {
  return Math.round(bytes.length / 1000)
}
