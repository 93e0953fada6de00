type Keep = <Part extends AsyncDisposable>(part: Part) => Part

/**
 * Starts what consists of parts. All that were kept end with it, the last one first, and also when
 * it cannot be started.
 */
export async function together<Whole extends object>(
  start: (keep: Keep) => Promise<Whole>,
): Promise<Whole & AsyncDisposable> {
  const parts: AsyncDisposable[] = []
  const stop = async (): Promise<void> => {
    for (let part = parts.pop(); part !== undefined; part = parts.pop()) {
      await part[Symbol.asyncDispose]()
    }
  }
  try {
    const whole = await start((part) => {
      parts.push(part)
      return part
    })
    return { ...whole, [Symbol.asyncDispose]: stop }
  } catch (error) {
    await stop()
    throw error
  }
}
