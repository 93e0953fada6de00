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
    return { ...timeoutFailure, stack: stack ?? '' }
  }
  const code = 'code' in thrown && typeof thrown.code === 'string' ? thrown.code : ''
  return {
    code: code.startsWith('EWS_') ? code : 'EWS_PLUGIN',
    name: String(name),
    message: String(message),
    stack: authorFrames(String(stack ?? '')),
  }
}

/** A stack without the frames of the engine's own scripts, which have no positions. */
export function authorFrames(stack: string): string {
  return stack
    .split('\n')
    .filter((frame) => !frame.includes('(<null>:'))
    .join('\n')
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
