import { engineSymbol, type Engine } from '../src/engine.js'
import type { EventSource, Loop, PluginCall, PluginExport } from '../src/loop/index.js'

/** What the library finds under `engineSymbol`: a loop that only keeps what it is told. */
export class FakeEngine {
  source: EventSource | undefined
  overTime = false
  /** Monotonic milliseconds: it stands still unless something moves it. */
  clock = 1000
  jobRuns = 0
  /** How often the loop was asked to run soon. */
  wakes = 0
  readonly tracked = true
  readonly reports: unknown[] = []
  readonly warnings: string[] = []
  readonly #hooks = new Map<string, (author: PluginExport) => PluginExport>()
  readonly loop: Pick<Loop, 'listen' | 'report' | 'warn' | 'hook' | 'entries' | 'wake'> = {
    entries: 1,
    wake: (): void => {
      this.wakes++
    },
    hook: (name, hook): void => {
      this.#hooks.set(name, hook)
    },
    listen: (source: EventSource): void => {
      this.source = source
    },
    report: (error: unknown): void => {
      this.reports.push(error)
    },
    warn: (text: string): void => {
      this.warnings.push(text)
    },
  }
  readonly native = {
    // Node runs promise jobs when the test awaits.
    runJobs: (): number => this.jobRuns++,
    timedOut: (): boolean => this.overTime,
    now: (): number => this.clock,
  }

  /** Calls an export that the library hooks, with this input. */
  callHooked(name: string, author: (...given: never[]) => unknown, input: Uint8Array): unknown {
    const hooked = this.#hooks.get(name)?.(author as unknown as PluginExport)
    if (hooked === undefined) throw new Error(`nothing hooks ${name}`)
    return hooked({ id: 1, input: () => input } as PluginCall)
  }

  /** Messages of what was reported; takes them. */
  takeReports(): string[] {
    return this.reports.splice(0).map((error) => (error as Error).message)
  }

  install(): this {
    // The library uses nothing else of it.
    const engine = this as unknown as Engine
    Object.defineProperty(globalThis, engineSymbol, { value: engine, configurable: true })
    return this
  }
}
