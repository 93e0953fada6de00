import { PluginThread } from './plugin-thread.js'

/** How long after a plugin began the next thread is made, in milliseconds: the plugin goes first. */
const delayMs = 50

let spare: { readonly sdk: string | undefined; readonly thread: PluginThread } | undefined
let timer: NodeJS.Timeout | undefined
/** Plugins that have a thread. */
let users = 0

/**
 * A thread for a plugin. As long as there are plugins with threads there is one more, ready for the next
 * plugin, or for one whose thread had to be ended: a new one takes some 100 ms until it can do anything.
 */
export function takeThread(sdk: string | undefined): PluginThread {
  users++
  const found = spare
  const fits = found !== undefined && found.sdk === sdk && !found.thread.ended
  if (fits) spare = undefined
  clearTimeout(timer)
  timer = setTimeout(() => makeSpare(sdk), delayMs)
  timer.unref()
  return fits ? found.thread : new PluginThread(sdk)
}

/** A plugin's thread is done with. The last one ends the spare one too. */
export async function releaseThread(thread: PluginThread): Promise<void> {
  users--
  const last = users === 0 ? spare?.thread : undefined
  if (users === 0) {
    clearTimeout(timer)
    spare = undefined
  }
  await Promise.all([thread.close(), last?.close()])
}

function makeSpare(sdk: string | undefined): void {
  if (spare !== undefined && spare.sdk === sdk && !spare.thread.ended) return
  void spare?.thread.close()
  spare = { sdk, thread: new PluginThread(sdk) }
}
