/** An error as it leaves the guest: what the host needs to show it as the author's own. */
export interface Failure {
  readonly code: string
  readonly name: string
  readonly message: string
  readonly stack: string
}

/** For calls that were under way when an entry was cut off. */
export const timeoutFailure: Failure = {
  code: 'EWS_TIMEOUT',
  name: 'EwsError',
  message: 'the plugin did not return within its time limit: do less work between two awaits',
  stack: '',
}

/** Describes anything that was thrown, and throws nothing itself. */
export function failureOf(thrown: unknown): Failure {
  try {
    return read(thrown)
  } catch {
    // A getter that throws, a revoked proxy, an object without `toString`.
    return {
      code: 'EWS_PLUGIN',
      name: 'Error',
      message: 'a value without a description',
      stack: '',
    }
  }
}

function read(thrown: unknown): Failure {
  if (!(thrown instanceof Error)) {
    return { code: 'EWS_PLUGIN', name: 'Error', message: describe(thrown), stack: '' }
  }
  const { name, message, stack } = thrown
  // QuickJS ends an entry that is over its time with this error.
  if (name === 'InternalError' && message === 'interrupted') {
    return { ...timeoutFailure, stack: authorFrames(String(stack ?? '')) }
  }
  return {
    // The standard's own errors, such as the TypeError of `fetch`, have ours as their cause.
    code: ownCode(thrown) ?? ownCode(thrown.cause) ?? 'EWS_PLUGIN',
    name: String(name),
    message: String(message),
    stack: authorFrames(String(stack ?? '')),
  }
}

function ownCode(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('code' in error)) return undefined
  const { code } = error
  return typeof code === 'string' && code.startsWith('EWS_') ? code : undefined
}

/** Frames of the engine's own scripts have no position, and say nothing to an author. */
const ownFrame = /^.*<null>:0:1.*\n?/gm

/** A stack without the frames of the engine's own scripts. */
export function authorFrames(stack: string): string {
  return stack.replaceAll(ownFrame, '')
}

/** The same as readable text, for hosts that show an Extism error as it comes. */
export function failureText({ name, message, stack }: Failure): string {
  return stack === '' ? `${name}: ${message}` : `${name}: ${message}\n${stack.trimEnd()}`
}

function describe(thrown: unknown): string {
  if (typeof thrown === 'string') return thrown
  try {
    return JSON.stringify(thrown) ?? String(thrown)
  } catch {
    return String(thrown)
  }
}
