// Ordinary JavaScript, the same in Node and, as plugins/workloads.ts, in a plugin. Each answers a
// checksum, so that nothing can be left out.

interface Row {
  id: number
  name: string
  tags: string[]
  price: number
}

/** A transform of about 1 MB of JSON: parse, filter, map, group, write. */
export function transformJson(rounds: number): number {
  const rows = Array.from({ length: 8000 }, (_, id): Row => ({
    id,
    name: `product number ${id}`,
    tags: ['alpha', 'beta', id % 3 === 0 ? 'third' : 'other', `shelf-${id % 100}`],
    price: (id * 7919) % 1000,
  }))
  const text = JSON.stringify(rows)
  let checksum = 0
  for (let round = 0; round < rounds; round++) {
    const parsed = JSON.parse(text) as Row[]
    const groups: Record<string, { count: number; total: number }> = {}
    for (const { tags, price } of parsed.filter((row) => row.price > 100)) {
      const group = (groups[tags[3] ?? ''] ??= { count: 0, total: 0 })
      group.count++
      group.total += price
    }
    const upper = parsed.map((row) => ({ ...row, name: row.name.toUpperCase() }))
    checksum += JSON.stringify(upper).length + JSON.stringify(groups).length
  }
  return checksum
}

const tokens =
  /\s*(?:(?<number>\d+(?:\.\d+)?)|(?<name>[A-Za-z_]\w*)|(?<text>"(?:[^"\\]|\\.)*")|(?<sign>[-+*/(){};=<>,.]))/gy

/** A tokeniser by regular expression over about 200 KB of source. */
export function tokenise(rounds: number): number {
  const line = 'let total_42 = (price * 3.14) + call("a \\"quoted\\" text", other.name, 17) / 2;\n'
  const source = line.repeat(Math.ceil(200_000 / line.length))
  let checksum = 0
  for (let round = 0; round < rounds; round++) {
    for (const { groups = {} } of source.matchAll(tokens)) {
      if (groups['number'] !== undefined) checksum += Number(groups['number'])
      else if (groups['name'] !== undefined) checksum += groups['name'].length
      else checksum++
    }
  }
  return Math.round(checksum)
}

/** A numeric loop: a sieve of primes, and a sum of floating-point numbers. */
export function computeNumbers(rounds: number): number {
  const size = 200_000
  let checksum = 0
  for (let round = 0; round < rounds; round++) {
    const composite = new Uint8Array(size)
    for (let i = 2; i * i < size; i++) {
      if (composite[i] === 1) continue
      for (let j = i * i; j < size; j += i) composite[j] = 1
    }
    let sum = 0
    for (let i = 2; i < size; i++) {
      if (composite[i] === 0) sum += Math.sqrt(i) * 0.5
    }
    checksum += Math.floor(sum)
  }
  return checksum
}
