/** What waits for a full send buffer of the host. */
export class Drain {
  #full = false
  #waiting: (() => void)[] = []

  /** Whether the host has refused a message, and not said since that there is room. */
  get full(): boolean {
    return this.#full
  }

  /** The host has refused a message: it announces when there is room. */
  begin(): void {
    this.#full = true
  }

  /** There is room again, or there never will be. */
  done(): void {
    this.#full = false
    for (const resolve of this.#waiting.splice(0)) resolve()
  }

  /** Resolves when there is; at once when nothing was refused. */
  async wait(): Promise<void> {
    if (this.#full) await new Promise<void>((resolve) => this.#waiting.push(resolve))
  }
}
