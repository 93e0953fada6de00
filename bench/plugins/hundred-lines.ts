// A plugin of 100 lines without sockets, as people write them: JSON in, some rules, JSON out. It
// calls host functions of its integrator's own; hundred-lines.d.ts declares them.

import type { PluginCall } from '@extism-ws/guest'

interface OrderLine {
  readonly sku: string
  readonly quantity: number
  readonly price: number
}

interface Order {
  readonly id: string
  readonly customer: string
  readonly currency: string
  readonly placed: string
  readonly lines: readonly OrderLine[]
}

type Problem = { readonly order: string; readonly text: string }

const skuPattern = /^(?<group>[A-Z]{2,4})-(?<number>\d{4,})$/

class InvalidOrder extends Error {
  override readonly name = 'InvalidOrder'
  readonly order: string

  constructor(order: string, text: string, options?: ErrorOptions) {
    super(text, options)
    this.order = order
  }
}

function withText<T>(text: string, use: (offset: number) => T): T {
  const block = Memory.fromString(text)
  try {
    return use(block.offset)
  } finally {
    Memory.find(block.offset).free()
  }
}

function host(name: string): (...args: number[]) => number {
  const found = Host.getFunctions()[name]
  if (found === undefined) throw new TypeError(`this host has no function ${name}`)
  return found
}

function check(order: Order): Order {
  if (order.lines.length === 0) throw new InvalidOrder(order.id, 'has no lines')
  for (const { sku, quantity } of order.lines) {
    if (!skuPattern.test(sku)) throw new InvalidOrder(order.id, `has the odd article ${sku}`)
    if (!Number.isInteger(quantity)) throw new InvalidOrder(order.id, `wants ${quantity} of ${sku}`)
  }
  return order
}

const total = ({ lines }: Order): number =>
  lines.reduce((sum, { quantity, price }) => sum + quantity * price, 0)

function rate(from: string, to: string): number {
  if (from === to) return 1
  return withText(from, (a) => withText(to, (b) => host('exchange_rate')(a, b)))
}

/** The turnover of each group of articles, in the currency that the query of the URL asks for. */
export function report(call: PluginCall) {
  const { url, orders } = JSON.parse(call.inputText()) as { url: string; orders: Order[] }
  const currency = new URL(url).searchParams.get('currency') ?? Config.get('currency') ?? 'EUR'
  const groups = new Map<string, number>()
  for (const order of orders.map(check)) {
    const factor = rate(order.currency, currency)
    for (const { sku, quantity, price } of order.lines) {
      const group = skuPattern.exec(sku)?.groups?.['group'] ?? 'other'
      groups.set(group, (groups.get(group) ?? 0) + quantity * price * factor)
    }
  }
  const sorted = [...groups].sort(([, a], [, b]) => b - a)
  return { id: crypto.randomUUID(), currency, groups: Object.fromEntries(sorted) }
}

export function importOrders(call: PluginCall) {
  const problems: Problem[] = []
  for (const order of JSON.parse(call.inputText()) as Order[]) {
    try {
      const text = JSON.stringify({ ...check(order), total: total(order), placed: new Date() })
      withText(order.id, (key) => withText(text, (value) => host('kv_write')(key, value)))
    } catch (error) {
      if (!(error instanceof InvalidOrder)) throw error
      console.warn(`${error.order} ${error.message}`)
      problems.push({ order: error.order, text: error.message })
    }
  }
  return { problems }
}

/** Whether there was such an order. */
export function remove(call: PluginCall) {
  return withText(call.inputText(), (key) => host('kv_delete')(key) === 1)
}
