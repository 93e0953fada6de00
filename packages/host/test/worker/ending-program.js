// A plugin's thread that ends by itself: when `trap` is called, or soon after another call is over.

import { receiveMessageOnPort, workerData } from 'node:worker_threads'

const { port, memory } = workerData

/** The next command; the first control word counts them. */
function next() {
  for (;;) {
    const seen = Atomics.load(memory.control, 0)
    const received = receiveMessageOnPort(port)
    if (received !== undefined) return received.message
    Atomics.wait(memory.control, 0, seen)
  }
}

if (next().type === 'start') {
  port.postMessage({ type: 'ready' })
  const { type, name } = next()
  if (type === 'call' && name === 'trap') throw new Error('out of memory, say')
  if (type === 'call') {
    const end = { output: null, failure: undefined, pending: 0, deadline: Infinity }
    port.postMessage({ type: 'end', end, left: false })
    // The message goes first.
    setTimeout(() => process.exit(), 20)
  } else {
    port.close()
  }
}
