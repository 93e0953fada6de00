const mostMessages = 500

/** Data that a sender lets wait in its socket, in bytes. */
export const mostBuffered = 2 ** 20

/** How many messages of this size are sent before others get their turn. */
export function inTurn(size: number): number {
  return Math.max(1, Math.min(mostMessages, Math.floor(mostBuffered / size)))
}
