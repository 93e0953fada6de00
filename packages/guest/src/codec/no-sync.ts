/** Of a plugin without `sync`: what its sockets of values would need is not in it. */
export function wrapSync(_socket: object, _format: object, _options: object): unknown {
  throw new Error('this plugin has no socket of `sync`')
}
