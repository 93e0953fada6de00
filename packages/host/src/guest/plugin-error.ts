import { EwsError, isErrorCode, mapStack, type FindSource } from '@extism-ws/protocol'

/** For those who see positions in the bundle. */
export const unmappedHint =
  '    (positions are in the bundle: put the .wasm.map file beside the plugin to see your own)'

/** What the author's code threw, or the promise of an export was rejected with. */
export class PluginError extends EwsError {
  override readonly name: string

  /** @param text the Extism error: JSON from an attached guest, anything from another. */
  constructor(text: string, exportName: string, find: FindSource | undefined) {
    const failure = parse(text)
    const code = isErrorCode(failure.code) ? failure.code : 'EWS_PLUGIN'
    super(code, failure.message)
    this.name = failure.name
    const frames = mapStack(failure.stack, find ?? (() => undefined))
    const unmapped = find === undefined && frames.includes('plugin.js:') ? `\n${unmappedHint}` : ''
    const lines = frames === '' ? '' : `\n${frames}`
    this.stack = `${failure.name}: ${failure.message}${lines}${unmapped}\n    at plugin export "${exportName}"`
  }
}

function parse(text: string): { code: string; name: string; message: string; stack: string } {
  try {
    const { code, name, message, stack } = JSON.parse(text) as Record<string, unknown>
    if (typeof message === 'string') {
      return {
        code: String(code),
        name: String(name ?? 'Error'),
        message,
        stack: typeof stack === 'string' ? stack : '',
      }
    }
  } catch {
    // Not from our engine: the text is all there is.
  }
  return { code: 'EWS_PLUGIN', name: 'Error', message: text, stack: '' }
}
