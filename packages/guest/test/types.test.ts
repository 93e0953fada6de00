import { describe, expectTypeOf, it } from 'vitest'

import {
  type connect,
  sockets,
  sync,
  type WebSocket,
  type WebSocketError,
  type WebSocketStream,
  type CloseEvent,
  type ErrorEvent,
  type CloseInfo,
  type ConnectionRequest,
  type ConnectOptions,
  type Message,
  type MessageEvent,
  type PluginCall,
  type Reconnected,
  type Reconnecting,
  type Restart,
  type Socket,
  type SyncSocket,
} from '../src/index.js'

describe('the types of the public API', () => {
  it('of connect and Socket', () => {
    expectTypeOf<ReturnType<typeof connect>>().resolves.toEqualTypeOf<Socket>()
    expectTypeOf<Socket['receive']>().returns.resolves.toEqualTypeOf<string | Uint8Array>()
    expectTypeOf<Socket['close']>().returns.resolves.toEqualTypeOf<CloseInfo>()
    expectTypeOf<Socket>().toExtend<AsyncIterable<Message>>()
    expectTypeOf<Socket>().toExtend<AsyncDisposable>()
    expectTypeOf<Socket['drained']>().returns.resolves.toBeVoid()
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
    expectTypeOf<WebSocket['onmessage']>().parameter(0).toHaveProperty('data')
    expectTypeOf<Exclude<WebSocket['onerror'], null>>().parameter(0).toEqualTypeOf<ErrorEvent>()
    expectTypeOf<Parameters<WebSocket['send']>[0]>().toEqualTypeOf<
      string | ArrayBuffer | ArrayBufferView | Blob
    >()
    expectTypeOf<WebSocket['binaryType']>().toEqualTypeOf<'blob' | 'arraybuffer'>()
    // @ts-expect-error there is no such event
    expectTypeOf<Listener<'closed'>>().toBeNever()
  })

  it('of WebSocketStream', () => {
    type Opened = Awaited<WebSocketStream['opened']>
    expectTypeOf<Opened['readable']>().toEqualTypeOf<ReadableStream<string | Uint8Array>>()
    expectTypeOf<Opened['writable']>().toEqualTypeOf<
      WritableStream<string | ArrayBuffer | ArrayBufferView>
    >()
    expectTypeOf<WebSocketStream['closed']>().resolves.toEqualTypeOf<{
      closeCode: number
      reason: string
    }>()
    expectTypeOf<Parameters<WebSocketStream['close']>[0]>().toEqualTypeOf<
      { closeCode?: number; reason?: string } | undefined
    >()
    expectTypeOf<WebSocketError>().toExtend<DOMException>()
    expectTypeOf<WebSocketError['closeCode']>().toEqualTypeOf<number | null>()
  })

  it('of the call object', () => {
    expectTypeOf<PluginCall['input']>().returns.toEqualTypeOf<Uint8Array>()
    expectTypeOf<PluginCall['inputText']>().returns.toEqualTypeOf<string>()
    expectTypeOf<PluginCall['signal']>().toEqualTypeOf<AbortSignal>()
  })

  it('of sync', () => {
    expectTypeOf(() => sync.connect('')).returns.toEqualTypeOf<SyncSocket>()
    expectTypeOf<SyncSocket['receive']>().returns.toEqualTypeOf<Message | undefined>()
    expectTypeOf<SyncSocket['close']>().returns.toEqualTypeOf<CloseInfo>()
    expectTypeOf<SyncSocket>().toExtend<Iterable<Message>>()
    expectTypeOf<SyncSocket>().toExtend<Disposable>()
    expectTypeOf(sync.poll).returns.items.toHaveProperty('socket')
  })

  it('of a restart', () => {
    expectTypeOf<Restart['sockets']>().toEqualTypeOf<readonly Socket[]>()
    expectTypeOf<Restart['call']>().toEqualTypeOf<PluginCall>()
    type HandledMessage = Extract<
      Restart['possiblyHandled'][number]['event'],
      { readonly type: 'message' }
    >
    expectTypeOf<HandledMessage['data']>().toEqualTypeOf<string | Uint8Array>()
    expectTypeOf<Socket['attachment']>().toEqualTypeOf<Uint8Array | undefined>()
  })

  it('of reconnecting', () => {
    type Handlers = Pick<Socket, 'onReconnecting' | 'onReconnected'>
    expectTypeOf<Handlers>().toEqualTypeOf<{
      onReconnecting: ((info: Reconnecting) => void) | undefined
      onReconnected: ((info: Reconnected) => void) | undefined
    }>()
    expectTypeOf<Socket['reconnecting']>().toEqualTypeOf<boolean>()
    const replay: readonly (string | Uint8Array)[] = ['subscribe', Uint8Array.of(1)]
    expectTypeOf({
      reconnect: { queue: false, replay, attempts: 3, stopCodes: [4000] },
    }).toExtend<ConnectOptions>()
    expectTypeOf<{ reconnect: false }>().toExtend<ConnectOptions>()
    expectTypeOf<{ reconnect: { replay: string } }>().not.toExtend<ConnectOptions>()
    expectTypeOf<{
      keepAlive: { request: string; intervalMs: number }
    }>().toExtend<ConnectOptions>()
    expectTypeOf<{ keepAlive: { request: string } }>().not.toExtend<ConnectOptions>()
    expectTypeOf<{ autoAnswer: { request: string; answer: string } }>().toExtend<ConnectOptions>()
  })

  it('of connections to the host', () => {
    expectTypeOf<ConnectionRequest['call']>().toEqualTypeOf<PluginCall>()
    expectTypeOf<ConnectionRequest['headers']>().toEqualTypeOf<Readonly<Record<string, string>>>()
    expectTypeOf<ConnectionRequest>().toHaveProperty('url').toBeString()
    expectTypeOf<ConnectionRequest>().toHaveProperty('remoteAddress').toBeString()
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
