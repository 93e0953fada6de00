// Runs every way of running out of stack in a fresh instance, and prints what came of it as JSON.
//
//   node probe.js <plugin.wasm> <stack bytes> <main|worker|jspi> <frames of host stack below>

import { readFile } from 'node:fs/promises'
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads'
import { createPlugin } from 'extism-rc'

async function probe(file, stackBytes, mode, hostFrames) {
  const module = await WebAssembly.compile(await readFile(file))
  const names = WebAssembly.Module.exports(module)
    .map(({ name }) => name)
    .filter((name) => !['memory', 'healthy', 'pending'].includes(name) && !name.startsWith('__'))
  const results = {}
  for (const name of names)
    results[name] = await probeOne(module, name, stackBytes, mode, hostFrames)
  return results
}

async function probeOne(module, name, stackBytes, mode, hostFrames) {
  // An async host function makes every call a suspendable one, on a stack of its own.
  const functions = mode === 'jspi' ? { spare: { async f() {} } } : {}
  const plugin = await createPlugin({ wasm: [{ module }] }, { useWasi: true, functions })
  try {
    const { exports } = await plugin.getInstance()
    exports.__ews_attach(1, 0, stackBytes, 0)
    const call = (frames) => (frames > 0 ? call(frames - 1) : plugin.call(name))
    const output = await call(hostFrames)
    const health = (await plugin.call('healthy')).string()
    return health === '499500 50' ? output.string() : `unhealthy: ${health}`
  } catch (error) {
    return `trap: ${error.name}: ${error.message}`
  } finally {
    await plugin.close()
  }
}

if (isMainThread) {
  const [file, stackBytes, mode, hostFrames] = process.argv.slice(2)
  const args = [file, Number(stackBytes), mode, Number(hostFrames)]
  if (mode === 'worker') {
    new Worker(new URL(import.meta.url), { workerData: args }).once('message', (results) =>
      console.log(JSON.stringify(results)),
    )
  } else {
    console.log(JSON.stringify(await probe(...args)))
  }
} else {
  parentPort.postMessage(await probe(...workerData))
}
