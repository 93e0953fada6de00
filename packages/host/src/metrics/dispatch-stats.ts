import { channels, type PluginIdentity } from './channels.js'
import { amounts, durations } from './histogram.js'

/** How the guest is dispatched. Three looks at the clock for each dispatch, however many events it has. */
export class DispatchStats {
  /** From when a dispatch is scheduled until the guest is entered, in milliseconds. */
  readonly latency = durations()
  /** Until the entry is over, in milliseconds. */
  readonly duration = durations()
  /** Events that waited when the guest was entered. */
  readonly depth = amounts()
  readonly #plugin: PluginIdentity
  #scheduledAt = 0
  #enteredAt = 0
  #latencyMs = 0
  #events = 0
  #deepest = 0

  constructor(plugin: PluginIdentity) {
    this.#plugin = plugin
  }

  scheduled(): void {
    this.#scheduledAt = performance.now()
  }

  entered(events: number): void {
    this.#enteredAt = performance.now()
    this.#latencyMs = this.#enteredAt - this.#scheduledAt
    this.#events = events
    this.latency.record(this.#latencyMs)
    this.depth.record(events)
    if (events > this.#deepest) this.#deepest = events
  }

  left(): void {
    const durationMs = performance.now() - this.#enteredAt
    this.duration.record(durationMs)
    if (!channels.dispatch.hasSubscribers) return
    const { plugin, session } = this.#plugin
    const latencyMs = this.#latencyMs
    // Not spread: that takes ten times as long, and somebody may listen to every dispatch.
    channels.dispatch.publish({ plugin, session, events: this.#events, latencyMs, durationMs })
  }

  /** The most events that waited at a dispatch since the last time that this was asked. */
  takeDeepest(): number {
    const deepest = this.#deepest
    this.#deepest = 0
    return deepest
  }
}
