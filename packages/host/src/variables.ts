import type { CallContext, HostFunctions } from './bridge/sdk.js'
import { PluginOutput } from './output.js'

/** All variables of a plugin together; Extism's own default is the same. */
const maxBytes = 2 ** 20

/**
 * Extism variables, kept by this package. The SDK keeps them in blocks that `reset()` recycles
 * (1.0.3), and they would be lost with the SDK's plugin when a session rebuilds it.
 */
export class Variables {
  readonly #values: Map<string, Uint8Array>
  readonly #warn: (message: string) => void
  readonly #changed: (key: string, value: Uint8Array | undefined) => void
  readonly #served = new WeakSet<CallContext>()
  #bytes: number

  /**
   * @param values what they begin with.
   * @param changed called for each change that the guest makes.
   */
  constructor(
    warn: (message: string) => void,
    values: ReadonlyMap<string, Uint8Array> = new Map(),
    changed: (key: string, value: Uint8Array | undefined) => void = () => {},
  ) {
    this.#warn = warn
    this.#values = new Map(values)
    this.#changed = changed
    this.#bytes = [...values.values()].reduce((sum, { length }) => sum + length, 0)
  }

  /** All of them, to begin with on another thread. */
  get values(): ReadonlyMap<string, Uint8Array> {
    return this.#values
  }

  get(name: string): Uint8Array | undefined {
    return this.#values.get(name)
  }

  /** Undefined deletes it. */
  set(name: string, value: Uint8Array | undefined): void {
    if (value === undefined) this.#delete(name)
    else this.#set(name, new Uint8Array(value))
  }

  /** Has an integrator's function find them here, and not in the SDK, of which the guest's are not. */
  serve(context: CallContext): void {
    if (this.#served.has(context)) return
    this.#served.add(context)
    Object.assign(context, {
      getVariable: (name: string) => {
        const value = this.get(name)
        return value === undefined ? null : new PluginOutput(value)
      },
      setVariable: (name: string, value: string | Uint8Array) => {
        this.set(name, typeof value === 'string' ? Buffer.from(value) : value)
      },
      deleteVariable: (name: string) => this.set(name, undefined),
    })
  }

  /** `var_get` and `var_set` of `extism:host/env`, in place of the SDK's. */
  get functions(): HostFunctions {
    return {
      var_get: (context: CallContext, key: bigint): bigint => {
        const value = this.#values.get(text(context, key) ?? '')
        return value === undefined ? 0n : context.store(value.slice())
      },
      var_set: (context: CallContext, key: bigint, block: bigint): void => {
        const name = text(context, key)
        if (name === undefined) return this.#warn('var_set: the key is not a memory block')
        if (block === 0n) return this.#delete(name)
        const value = context.read(block)?.bytes()
        if (value === undefined)
          return this.#warn(`var_set "${name}": the value is not a memory block`)
        this.#set(name, value.slice())
      },
    }
  }

  #set(name: string, value: Uint8Array): void {
    const bytes = this.#bytes - (this.#values.get(name)?.length ?? 0) + value.length
    if (bytes > maxBytes) {
      return this.#warn(
        `var_set "${name}": variables would take ${bytes} bytes, ${maxBytes} are allowed`,
      )
    }
    this.#bytes = bytes
    this.#values.set(name, value)
    this.#changed(name, value)
  }

  #delete(name: string): void {
    this.#bytes -= this.#values.get(name)?.length ?? 0
    this.#values.delete(name)
    this.#changed(name, undefined)
  }
}

function text(context: CallContext, offset: bigint): string | undefined {
  const bytes = context.read(offset)?.bytes()
  return bytes === undefined ? undefined : Buffer.from(bytes).toString()
}
