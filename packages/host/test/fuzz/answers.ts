import {
  directFunctions,
  errorNumbers,
  portableFunctions,
  type Signature,
} from '@extism-ws/protocol'

const signatures: Record<string, Signature> = { ...portableFunctions, ...directFunctions }
const known = new Set<number>(Object.values(errorNumbers).filter((number) => number < 0))

/** What is wrong with an answer by the ABI; undefined for nothing. */
export function wrongAnswer(name: string, answer: unknown): string | undefined {
  if (signatures[name]?.result === 'i64') {
    return typeof answer === 'bigint' && answer >= 0n
      ? undefined
      : `${name} answered ${String(answer)}`
  }
  const fine = Number.isInteger(answer) && (Number(answer) >= 0 || known.has(Number(answer)))
  return fine ? undefined : `${name} answered ${String(answer)}`
}
