import { SocketHub } from './socket-hub.js'

let hub: SocketHub | undefined

/** The hub of plugins that name none. */
export function defaultHub(): SocketHub {
  hub ??= new SocketHub()
  return hub
}
