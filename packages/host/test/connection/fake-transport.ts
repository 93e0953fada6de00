import type { Transport } from '../../src/connection/transport.js'

/** A transport whose events the test makes. */
export class FakeTransport implements Transport {
  state: Transport['state'] = 'open'
  readonly protocol = ''
  readonly extensions = ''
  bufferedAmount = 0
  sendRoom = 1000
  readonly certainRoom = 0
  paused = false
  closed = false
  readonly sent: number[] = []

  send(_kind: number, data: Uint8Array): void {
    this.sent.push(data[0] ?? -1)
  }

  sendRun(): boolean {
    return false
  }

  whenDrained(): void {}

  close(): void {
    this.closed = true
  }

  pause(paused: boolean): void {
    this.paused = paused
  }
}
