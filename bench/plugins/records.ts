import { connect, type PluginCall, type TypedSocket } from '@extism-ws/guest'
import { json } from '@extism-ws/guest/codec/json'
import { msgpack } from '@extism-ws/guest/codec/msgpack'

import { addUp, type Trade } from '../src/records.js'

type Trades = TypedSocket<Trade, string>

let asJson: Trades
let asMsgpack: Trades

export async function openJson(call: PluginCall) {
  asJson = await connect(call.inputText(), { codec: json<Trade, string>() })
}

export async function openMsgpack(call: PluginCall) {
  asMsgpack = await connect(call.inputText(), { codec: msgpack<Trade, string>() })
}

/** Reads as many trades as the input says; answers what they add up to. */
export function readJson(call: PluginCall) {
  return read(asJson, Number(call.inputText()))
}

export function readMsgpack(call: PluginCall) {
  return read(asMsgpack, Number(call.inputText()))
}

async function read(trades: Trades, count: number): Promise<number> {
  let left = count
  let sum = 0
  trades.send('go')
  for await (const trade of trades) {
    sum += addUp(trade)
    if (--left === 0) break
  }
  return sum
}
