// Calls of the integrator's own functions, which functions-interface.d.ts declares.

type HostFunction = (argument: number) => number | bigint | undefined

const functions = Host.getFunctions() as Record<string, HostFunction>

/** Calls the function that the input names, and tells what it came to. */
export function invoke() {
  Host.outputString(JSON.stringify(outcome(Host.inputString())))
}

function outcome(name: string): object {
  try {
    const argument = name === 'to_block' ? Memory.fromString('of the guest').offset : 7
    const result = functions[name]?.(argument)
    if (name === 'to_block') return { value: Memory.find(Number(result)).readString() }
    return { value: String(result) }
  } catch (error) {
    const { code, name: kind, message } = error as Error & { code: string }
    return { code, kind, message }
  }
}

/** Calls the function as often as the input says, within one entry; answers the sum. */
export function many() {
  const [name = '', count] = Host.inputString().split(' ')
  let sum = 0
  for (let i = 0; i < Number(count); i++) sum += Number(functions[name]?.(i))
  Host.outputString(String(sum))
}

/** The same by a guest that does not catch. */
export function uncaught() {
  functions[Host.inputString()]?.(7)
}

/** All that there is of what the function throws. */
export function anatomy() {
  try {
    functions[Host.inputString()]?.(7)
  } catch (error) {
    const { message, stack, cause } = error as Error
    Host.outputString(JSON.stringify({ message, stack, cause: String(cause) }))
  }
}

export function ping() {
  Host.outputString('pong')
}
