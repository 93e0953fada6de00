import type { CallContext, Mode } from '../../src/index.js'
import { createPlugin } from '../../src/index.js'
import { hostedBy } from '../contract/hosting.js'
import { sdks, type SdkVersion } from '../sdk.js'
import { wayOf, type Hosting } from './rows.js'

/** What the suite asks of a plugin, however it is hosted. */
export interface HostedPlugin {
  /** Resolves with the output as text, null for none. */
  call(name: string, input: string): Promise<string | null>
  close(): Promise<void>
}

/** Extism's own plugin, as far as the suite uses it. */
interface PlainPlugin {
  call(name: string, input: string): Promise<{ text(): string } | null>
  close(): Promise<void>
}

const config = { user: 'you' }
const nothing = (): void => {}
const quiet = {
  trace: nothing,
  debug: nothing,
  log: nothing,
  info: nothing,
  warn: nothing,
  error: nothing,
}

const upper = (context: CallContext, offset: bigint): bigint =>
  context.store(new TextDecoder().decode(context.read(offset)?.bytes()).toUpperCase())

/** The integrator's own functions, declared in the interface files of plugins/. */
const functions = {
  'extism:host/user': {
    add_numbers: (_context: CallContext, a: number, b: number) => a + b,
    upper_text: upper,
    shout: upper,
  },
}

/** @param origin the only server that it may reach. */
export async function host(
  hosting: Hosting,
  wasm: Uint8Array,
  origin: string,
): Promise<HostedPlugin> {
  const version = hosting.split('SDK ')[1] as SdkVersion
  const way = wayOf(hosting)
  if (!way.startsWith('plain')) return ourHost(way as Mode, version, wasm, origin)
  const canWait = way.includes('worker') || way.includes('JSPI')
  return plainHost(version, wasm, { runInWorker: way.includes('worker'), canWait })
}

async function ourHost(
  mode: Mode,
  version: SdkVersion,
  wasm: Uint8Array,
  origin: string,
): Promise<HostedPlugin> {
  const plugin = await createPlugin(wasm, {
    ...hostedBy({ sdk: version, layer: 'direct', mode }),
    logLevel: 'silent',
    http: { allow: [origin] },
    timeoutMs: 5000,
    config,
    functions,
  })
  return {
    call: async (name, input) => (await plugin.call(name, input))?.text() ?? null,
    close: () => plugin.close(),
  }
}

/** Extism alone, as somebody has it who never heard of us. */
async function plainHost(
  version: SdkVersion,
  wasm: Uint8Array,
  { runInWorker, canWait }: { runInWorker: boolean; canWait: boolean },
): Promise<HostedPlugin> {
  const { createPlugin: create } = sdks[version]
  const plugin = (await create(
    { wasm: [{ data: wasm }] } as never,
    {
      useWasi: true,
      functions,
      config,
      runInWorker,
      logger: quiet,
      // SDK 2 refuses them where it cannot wait.
      ...(canWait ? { allowedHosts: ['127.0.0.1'] } : {}),
    } as never,
  )) as unknown as PlainPlugin
  return {
    // Without reset(), which SDK 1.0.3 needs from time to time: it would lose the variables.
    call: async (name, input) => (await plugin.call(name, input))?.text() ?? null,
    close: () => plugin.close(),
  }
}
