/** What a piece of work cost this process. */
export interface Cost<T> {
  readonly result: T
  readonly milliseconds: number
  /** CPU time of all threads of the process: V8's compiler and collector are part of the price. */
  readonly cpuMicroseconds: number
}

export async function costOf<T>(work: () => Promise<T>): Promise<Cost<T>> {
  const started = performance.now()
  const cpu = process.cpuUsage()
  const result = await work()
  const { user, system } = process.cpuUsage(cpu)
  return { result, milliseconds: performance.now() - started, cpuMicroseconds: user + system }
}
