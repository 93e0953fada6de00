import { mapStack, type FindSource } from '@extism-ws/protocol'

import type { Logger } from './logger.js'
import { unmappedHint } from './guest/plugin-error.js'

const bundlePosition = /\bplugin\.js:\d+:\d+/

/**
 * A logger for a plugin's lines, in which positions in the bundle become those of the author's files:
 * an uncaught error is logged with its stack. Without a source map, the first such line says how to
 * get one.
 *
 * @param find asked for each line, since the map is known only once the plugin is attached.
 */
export function mappedLogger(logger: Logger, find: () => FindSource | undefined): Logger {
  let hinted = false
  const map = (text: string): string => {
    // The SDK passes on whatever is a line to it.
    if (typeof text !== 'string' || !bundlePosition.test(text)) return text
    const found = find()
    if (found !== undefined) return mapStack(text, found)
    const frames = mapStack(text, () => undefined)
    if (hinted) return frames
    hinted = true
    return `${frames}\n${unmappedHint}`
  }
  return {
    debug: (text) => logger.debug(map(text)),
    info: (text) => logger.info(map(text)),
    warn: (text) => logger.warn(map(text)),
    error: (text) => logger.error(map(text)),
  }
}
