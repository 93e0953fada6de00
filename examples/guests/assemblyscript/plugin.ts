import { Host, Memory } from '@extism/as-pdk'
import './abort'
import { EventType, lastFailure, Socket } from './websocket'

@external('extism:host/env', 'error_set')
declare function error_set(message: u64): void

const answerMs = 5000
/** Messages that are under way at a time: enough to keep both sides busy, few enough for any buffer. */
const window = 256

/** Input: a URL, and a text on the next line. Output: what the server answers to the text. */
export function echo(): i32 {
  const input = readInput()
  const socket = new Socket(input.url)
  if (socket.id < 0) return fail(lastFailure())
  const result = ask(socket, input.text)
  socket.close()
  return result
}

function ask(socket: Socket, text: string): i32 {
  if (socket.sendText(text) < 0) return fail(lastFailure())
  const size = socket.receive(answerMs)
  if (size < 0) return fail(lastFailure())
  if (size == 0 || socket.type != EventType.Message) return fail('the server did not answer')
  return output(socket.text)
}

/** Input: a URL, and a number. Sends so many messages; output: how many came back in order. */
export function count(): i32 {
  const input = readInput()
  const socket = new Socket(input.url)
  if (socket.id < 0) return fail(lastFailure())
  const result = countTo(I32.parseInt(input.text), socket)
  socket.close()
  return result
}

function countTo(total: i32, socket: Socket): i32 {
  let sent = 0
  let received = 0
  let inOrder = 0
  while (received < total) {
    while (sent < total && sent - received < window) {
      if (socket.sendText(sent.toString()) < 0) return fail(lastFailure())
      sent++
    }
    const size = socket.receive(answerMs)
    if (size < 0) return fail(lastFailure())
    if (size == 0 || socket.type != EventType.Message) break
    if (socket.text == received.toString()) inOrder++
    received++
  }
  return output(inOrder.toString())
}

/** Input: a URL that the host denies. Output: the number of the failure, and what it says. */
export function refused(): i32 {
  const socket = new Socket(Host.inputString())
  return report(socket.id)
}

/** Input: the URL of a server that says nothing. Output: what `ws_receive` returns after 50 ms. */
export function late(): i32 {
  const socket = new Socket(Host.inputString())
  if (socket.id < 0) return fail(lastFailure())
  const result = report(socket.receive(50))
  socket.close()
  return result
}

class Input {
  constructor(
    readonly url: string,
    readonly text: string,
  ) {}
}

function readInput(): Input {
  const input = Host.inputString()
  const end = input.indexOf('\n')
  return new Input(input.substring(0, end), input.substring(end + 1))
}

function report(result: i32): i32 {
  return output(result < 0 ? `${result}\n${lastFailure()}` : result.toString())
}

/** `Host.outputString` of as-pdk 1.0.0 takes the length from UTF-16: it breaks beyond ASCII. */
function output(text: string): i32 {
  Host.outputMemory(Memory.allocateString(text))
  return 0
}

/** Ends the call. The JSON of a failure gives the host's error the same code. */
function fail(message: string): i32 {
  error_set(Memory.allocateString(message).offset)
  return 1
}
