import type { ConnectRequest } from '@extism-ws/protocol'

import { Policy, webSockets, type SocketPolicyOptions } from '../../src/policy/index.js'

/** A policy with functions, and the lines that the integrator reads. */
export class Asked {
  readonly policy: Policy
  readonly lines: string[] = []

  constructor(options: Partial<SocketPolicyOptions>) {
    const logger = {
      error: (line: string) => this.lines.push(`error ${line}`),
      debug: (line: string) => this.lines.push(`debug ${line}`),
    }
    const allow = ['wss://feed.example']
    this.policy = new Policy({ allow, ...options }, undefined, webSockets, logger)
  }

  /** What the policy resolves a request to. */
  resolve(
    request: Partial<ConnectRequest> = {},
    number = 0,
    signal = new AbortController().signal,
  ): ReturnType<Policy['resolve']> {
    const asked = { url: 'wss://feed.example/btc?depth=5', ...request }
    return this.policy.resolve(asked, this.policy.check(asked), number, signal)
  }
}

/** The promise's rejection. */
export function failureOf(promise: Promise<unknown>): Promise<Error & { code?: string }> {
  return promise.then(
    () => {
      throw new Error('it resolved')
    },
    (error: unknown) => error as Error,
  )
}
