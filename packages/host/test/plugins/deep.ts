// Ways in which code can run out of stack. Each must end in an exception that the code could catch.

function outcome(overflow: (depth: number) => unknown): string {
  try {
    overflow(0)
  } catch (error) {
    return `exception: ${String(error)}`
  }
  return 'returned'
}

export function recursion(): string {
  return outcome(function again(depth): void {
    again(depth + 1)
    void depth
  })
}

export function nestedMap(): string {
  return outcome(function again(depth): void {
    ;[0].map(() => again(depth + 1))
  })
}

export function nestedSort(): string {
  return outcome(function again(depth): void {
    ;[2, 1].sort(() => (again(depth + 1), 0))
  })
}

export function nestedReplace(): string {
  return outcome(function again(depth): void {
    'x'.replace(/x/, () => (again(depth + 1), ''))
  })
}

export function nestedParse(): string {
  return outcome(() => JSON.parse('['.repeat(50_000)))
}

export function nestedStringify(): string {
  let value: unknown = 0
  for (let i = 0; i < 50_000; i++) value = [value]
  return outcome(() => JSON.stringify(value))
}

export function reviver(): string {
  return outcome(function again(depth): void {
    JSON.parse('[1]', () => again(depth + 1))
  })
}

export function regex(): string {
  return outcome(() => new RegExp('('.repeat(20_000) + ')'.repeat(20_000)))
}

export function getterChain(): string {
  return outcome(() => {
    const object = {
      get next(): unknown {
        return this.next
      },
    }
    return object.next
  })
}

export function proxyChain(): string {
  let target: object = {}
  for (let i = 0; i < 20_000; i++) target = new Proxy(target, {})
  return outcome(() => (target as { x?: unknown }).x)
}

export function toStringChain(): string {
  return outcome(() => {
    const object = {
      toString(): string {
        return `${this as unknown as string}`
      },
    }
    return String(object)
  })
}

export function arrayToString(): string {
  let value: unknown = 0
  for (let i = 0; i < 50_000; i++) value = [value]
  return outcome(() => String(value))
}

export function boundChain(): string {
  return outcome(() => {
    let call = (): number => 0
    for (let i = 0; i < 20_000; i++) call = call.bind(null)
    return call()
  })
}

export function generators(): string {
  return outcome(() => {
    function* again(): Generator<number> {
      yield* again()
    }
    for (const value of again()) void value
  })
}

export function constructors(): string {
  return outcome(() => {
    class Again {
      constructor() {
        new Again()
      }
    }
    new Again()
  })
}

export function evalSource(): string {
  return outcome(() => new Function(`return ${'('.repeat(100_000)}1${')'.repeat(100_000)}`))
}

/** The instance is still sound: allocations, a collection and a deep but legal recursion work. */
export function healthy(): string {
  const list = Array.from({ length: 1000 }, (_, i) => ({ i }))
  const depth = (n: number): number => (n === 0 ? 0 : 1 + depth(n - 1))
  return `${list.reduce((sum, { i }) => sum + i, 0)} ${depth(50)}`
}

/** Never settles. */
export async function pending(): Promise<void> {
  await new Promise(() => {})
}
