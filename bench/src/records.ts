import { filling } from './filling.js'

/** A message as applications have them: about 1 KiB of JSON. */
export interface Trade {
  readonly id: number
  readonly symbol: string
  readonly venue: string
  readonly buyer: { readonly name: string; readonly country: string; readonly verified: boolean }
  readonly price: number
  readonly quantity: number
  readonly at: string
  readonly levels: readonly { readonly price: number; readonly size: number }[]
  readonly note: string
  readonly cancelled: string | null
}

const symbols = ['BTC-EUR', 'ETH-EUR', 'SOL-USD', 'ADA-GBP']

/** How many trades there are: a reader meets all of them in turn. */
export const trades = 64

export function tradeAt(index: number): Trade {
  const id = index % trades
  const price = 100 + id / 4
  return {
    id,
    symbol: symbols[id % symbols.length] ?? '',
    venue: `venue-${id % 7}`,
    buyer: {
      name: `Buyer number ${id}`,
      country: id % 3 === 0 ? 'NL' : 'PT',
      verified: id % 2 === 0,
    },
    price,
    quantity: 1 + (id % 50),
    at: `2026-02-03T04:05:${String(id % 60).padStart(2, '0')}.000Z`,
    levels: Array.from({ length: 20 }, (_, i) => ({ price: price + i / 4, size: 10 + i })),
    note: filling.repeat(240),
    cancelled: id % 4 === 0 ? 'by the buyer' : null,
  }
}

/** What a handler makes of a trade that it reads to the last field; quarters, whose sums are exact. */
export function addUp(trade: Trade): number {
  const { id, symbol, venue, buyer, price, quantity, at, levels, note, cancelled } = trade
  let sum = id + price * quantity + symbol.length + venue.length + at.length
  sum += buyer.name.length + buyer.country.length + Number(buyer.verified)
  sum += note.length + (cancelled?.length ?? 0)
  for (const level of levels) sum += level.price * level.size
  return sum
}

/** What the first so many trades add up to. */
export function sumOf(count: number): number {
  let sum = 0
  for (let i = 0; i < count; i++) sum += addUp(tradeAt(i))
  return sum
}
