import { describe, expectTypeOf, it } from 'vitest'

import {
  connect,
  sockets,
  type WebSocket,
  type CloseEvent,
  type CloseInfo,
  type ConnectOptions,
  type Message,
  type MessageEvent,
  type PluginCall,
  type Socket,
} from '../src/index.js'

describe('the types of the public API', () => {
  it('of connect and Socket', () => {
    expectTypeOf(connect).returns.resolves.toEqualTypeOf<Socket>()
    expectTypeOf<Socket['receive']>().returns.resolves.toEqualTypeOf<string | Uint8Array>()
    expectTypeOf<Socket['close']>().returns.resolves.toEqualTypeOf<CloseInfo>()
    expectTypeOf<Socket>().toExtend<AsyncIterable<Message>>()
    expectTypeOf<Socket>().toExtend<AsyncDisposable>()
    expectTypeOf<Parameters<Socket['send']>[0]>().toEqualTypeOf<
      string | ArrayBuffer | ArrayBufferView
    >()
  })

  it('of WebSocket events, by their names', () => {
    type Listener<Type extends 'open' | 'message' | 'close'> = Parameters<
      typeof WebSocket.prototype.addEventListener<Type>
    >[1]
    expectTypeOf<(event: MessageEvent) => void>().toExtend<Listener<'message'>>()
    expectTypeOf<(event: CloseEvent) => void>().toExtend<Listener<'close'>>()
    expectTypeOf<(event: CloseEvent) => void>().not.toExtend<Listener<'message'>>()
    // @ts-expect-error there is no such event
    expectTypeOf<Listener<'closed'>>().toBeNever()
  })

  it('of the call object', () => {
    expectTypeOf<PluginCall['input']>().returns.toEqualTypeOf<Uint8Array>()
    expectTypeOf<PluginCall['inputText']>().returns.toEqualTypeOf<string>()
    expectTypeOf<PluginCall['signal']>().toEqualTypeOf<AbortSignal>()
  })

  it('of sockets with a name', () => {
    expectTypeOf(sockets.get).parameters.toEqualTypeOf<[name: string]>()
    expectTypeOf(sockets.get).returns.toEqualTypeOf<Socket | undefined>()
    expectTypeOf(sockets.list).returns.toEqualTypeOf<Socket[]>()
    expectTypeOf<Socket['name']>().toEqualTypeOf<string | undefined>()
    expectTypeOf<{ name: string }>().toExtend<ConnectOptions>()
    expectTypeOf<{ name: number }>().not.toExtend<ConnectOptions>()
  })
})
