import { define } from '../globals/define.js'
import { Config } from './globals/config.js'
import { Host } from './globals/host.js'
import { queueMicrotask } from './globals/queue-microtask.js'
import { defineDisposeSymbols } from './globals/symbols.js'
import { TextDecoder } from './globals/text-decoder.js'
import { TextEncoder } from './globals/text-encoder.js'
import { clearTimer, setInterval, setTimeout } from './globals/timers.js'
import { Var } from './globals/var.js'
import { native } from './native.js'

defineDisposeSymbols()
Math.random = () => native.random()

define({
  Config,
  Host,
  TextDecoder,
  TextEncoder,
  Var,
  clearInterval: clearTimer,
  clearTimeout: clearTimer,
  global: globalThis,
  queueMicrotask,
  self: globalThis,
  setInterval,
  setTimeout,
})
