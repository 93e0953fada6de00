import { describe, expectTypeOf, it } from 'vitest'

import {
  createPlugin,
  withSockets,
  type CallOptions,
  type ErrorCode,
  type Plugin,
  type PluginError,
  type PluginOptions,
  type PluginOutput,
} from '../src/index.js'

describe('the types of the public API', () => {
  it('of createPlugin and the handle', () => {
    expectTypeOf(createPlugin).returns.resolves.toEqualTypeOf<Plugin>()
    expectTypeOf<Plugin['call']>().returns.resolves.toEqualTypeOf<PluginOutput | null>()
    expectTypeOf<Plugin>().toExtend<AsyncDisposable>()
    expectTypeOf(withSockets).returns.toHaveProperty('attach')
  })

  it("of a call: what the SDK's own takes, and options behind it", () => {
    type Call = Plugin['call']
    expectTypeOf<Call>().toExtend<
      (name: string, input?: string | Uint8Array, hostContext?: unknown) => Promise<unknown>
    >()
    expectTypeOf<Parameters<Call>[3]>().toEqualTypeOf<CallOptions | undefined>()
    expectTypeOf<{ signal: AbortSignal }>().toExtend<CallOptions>()
    expectTypeOf<{ signal: undefined }>().toExtend<CallOptions>()
    expectTypeOf<{ signal: AbortController }>().not.toExtend<CallOptions>()
  })

  it('of options: every one may be left out, none may be misspelt', () => {
    expectTypeOf<object>().toExtend<PluginOptions>()
    expectTypeOf<{ sockets: { allow: string[] } }>().toExtend<PluginOptions>()
    expectTypeOf<{ sockets: { allow: string } }>().not.toExtend<PluginOptions>()
  })

  it('of errors: the code is one of the table', () => {
    expectTypeOf<PluginError['code']>().toEqualTypeOf<ErrorCode>()
    expectTypeOf<'EWS_DENIED'>().toExtend<ErrorCode>()
    expectTypeOf<'EWS_OTHER'>().not.toExtend<ErrorCode>()
  })

  it('of output', () => {
    expectTypeOf<PluginOutput['text']>().returns.toEqualTypeOf<string>()
    expectTypeOf<PluginOutput['bytes']>().returns.toEqualTypeOf<Uint8Array<ArrayBuffer>>()
  })
})
