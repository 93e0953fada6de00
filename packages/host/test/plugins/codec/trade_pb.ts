// As `protoc-gen-es` generates it for `trade.proto`:
//   message Trade { string symbol = 1; double amount = 2; int64 number = 3; repeated string tags = 4; Trade parent = 5; }
import type { Message } from '@bufbuild/protobuf'
import { fileDesc, messageDesc, type GenMessage } from '@bufbuild/protobuf/codegenv2'

const file = fileDesc(
  'Cgt0cmFkZS5wcm90bxIEdGVzdCKIAQoFVHJhZGUSFgoGc3ltYm9sGAEgASgJUgZzeW1ib2wSFgoGYW1vdW50GAIgASgBUgZhbW91bnQSFgoGbnVtYmVyGAMgASgDUgZudW1iZXISEgoEdGFncxgEIAMoCVIEdGFncxIjCgZwYXJlbnQYBSABKAsyCy50ZXN0LlRyYWRlUgZwYXJlbnRiBnByb3RvMw',
)

export type Trade = Message<'test.Trade'> & {
  symbol: string
  amount: number
  number: bigint
  tags: string[]
  parent?: Trade
}

export const TradeSchema: GenMessage<Trade> = messageDesc(file, 0)

/** JSON has no integers of 64 bits. */
export function plain(trade: unknown): unknown {
  const { symbol, amount, number, tags, parent } = trade as Trade
  return { symbol, amount, number: String(number), tags, parent: parent?.symbol }
}
