import { define } from './define.js'
import { loop } from './engine.js'

define({
  /** HTML §8.1.4.6: what nobody catches goes to the host's log. */
  reportError: (error: unknown): void => loop.report(error),
})
