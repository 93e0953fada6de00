import { define } from './define.js'
import { native, warnAtBuild } from './engine.js'

let timeOrigin: number | undefined

/** High Resolution Time §4: milliseconds since the first entry of this instance. */
const performance = {
  now(): number {
    warnAtBuild('performance.now')
    return native.now() - native.started()
  },
  /** Milliseconds since the epoch at that time. */
  get timeOrigin(): number {
    warnAtBuild('performance.timeOrigin')
    timeOrigin ??= Date.now() - (native.now() - native.started())
    return timeOrigin
  },
  toJSON(): { timeOrigin: number } {
    return { timeOrigin: this.timeOrigin }
  },
}

define({ performance })
