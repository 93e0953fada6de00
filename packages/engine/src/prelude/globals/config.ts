import { native } from '../native.js'
import { needHost } from '../stage.js'

/** js-pdk's `Config`: what the host's manifest gives the plugin. */
export const Config = {
  get: (key: string): string | null => {
    needHost('Config.get')
    const bytes = native.config(String(key))
    return bytes === null ? null : native.decode(bytes)
  },
}
