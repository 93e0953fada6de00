import { costOf } from '../cpu.js'
import { ratesOf, rateMetrics } from '../metrics.js'
import { recordsUrl, type Format } from '../record-flood.js'
import { sumOf } from '../records.js'
import { scaled, type Row } from '../row.js'
import type { ClientSide } from '../sides/client.js'
import { pluginReader, rawReader, type TradeReader } from '../sides/records.js'
import { openClients } from './open-clients.js'

const fullCount = 2000

/** A flood of records of 1 KiB, of which the handler uses every field. */
export const recordRows: readonly Row[] = [
  row('JSON records, 1 KiB', 'json', [
    rawReader('raw ws', 'json'),
    pluginReader('codec json', 'Json'),
  ]),
  row('MessagePack records, 1 KiB as JSON', 'msgpack', [
    rawReader('raw ws', 'msgpack'),
    pluginReader('codec msgpack', 'Msgpack'),
  ]),
]

function row(name: string, format: Format, sides: readonly ClientSide<TradeReader>[]): Row {
  return {
    name,
    // Records differ in length: there is no throughput to compare.
    metrics: rateMetrics.filter(({ unit }) => unit !== 'MB/s'),
    warmUps: 1,
    open: ({ origin, effort }) => {
      const count = scaled(fullCount, effort)
      const expected = sumOf(count)
      return openClients(sides, () => ({
        url: recordsUrl(origin, { count, format }),
        run: async (client) => {
          const cost = await costOf(() => client.read(count))
          if (cost.result !== expected) throw new Error(`${name}: ${cost.result}, not ${expected}`)
          const [messages = 0, , cpu = 0] = ratesOf(cost, count, 0)
          return [messages, cpu]
        },
      }))
    },
  }
}
