/**
 * What still keeps this process alive. A handle that was closed leaves the event loop at the end of the turn, so
 * that what is cut right now is still listed in the next: ten turns are waited for it to go. A timer or a socket
 * that somebody keeps does not go within turns that nobody waits in.
 */
export async function left(names = /TCP|TLS|Timeout|Immediate/) {
  let found = []
  for (let turn = 0; turn < 10; turn++) {
    await new Promise((resolve) => setImmediate(resolve))
    found = process.getActiveResourcesInfo().filter((name) => names.test(name))
    if (found.length === 0) break
  }
  return found
}
