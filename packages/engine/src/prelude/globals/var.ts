import { bufferOf, bytesOf } from '../bytes.js'
import { native } from '../native.js'
import { needHost } from '../stage.js'

/** js-pdk's `Var`: bytes by name that outlive the call. */
export const Var = {
  set: (name: string, value: unknown): void => {
    needHost('Var.set')
    native.varSet(String(name), typeof value === 'string' ? value : bytesOf(value))
  },
  getBytes: (name: string): ArrayBuffer | null => {
    needHost('Var.getBytes')
    const bytes = native.varGet(String(name))
    return bytes === null ? null : bufferOf(bytes)
  },
  getString: (name: string): string | null => {
    needHost('Var.getString')
    const bytes = native.varGet(String(name))
    return bytes === null ? null : native.decode(bytes)
  },
}
