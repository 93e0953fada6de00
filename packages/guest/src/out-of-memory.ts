/** Whether an exception is the engine's for memory that ran out, which code can go on after. */
export function isOutOfMemory(error: unknown): boolean {
  const { name, message } = (error ?? {}) as Partial<Error>
  return name === 'InternalError' && message === 'out of memory'
}
