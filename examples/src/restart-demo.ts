import { setTimeout as pause } from 'node:timers/promises'
import { createPlugin } from '@extism-ws/host'
import { questionCount } from './interview.js'
import { ExampleServer } from './server.js'

/** Longest time of the plugin at a stretch, in milliseconds; a second later its thread is ended. */
const timeoutMs = 300

/**
 * A plugin hangs in the middle of a conversation, and its thread is killed; another instance goes on over
 * the same connection.
 *
 * @param print a printer for the lines of each who takes part.
 * @returns how many questions were answered.
 */
export async function runInterview(
  file: string,
  print: (who: string) => (line: string) => void,
): Promise<number> {
  await using server = await ExampleServer.start(print('server'))
  const host = print('host  ')
  const plugin = print('plugin')
  await using guest = await createPlugin(file, {
    mode: 'worker',
    sockets: { allow: [server.origin] },
    timeoutMs,
    logger: { debug: plugin, info: plugin, warn: plugin, error: host },
  })
  await guest.call('start', `${server.origin}/interview`)
  while (server.interviews.length === 0 && guest.open.sockets > 0) await pause(20)
  const [answers = []] = server.interviews
  if (answers.length !== questionCount || guest.restarts !== 1) {
    throw new Error(`${answers.length} answers, ${guest.restarts} restarts`)
  }
  return answers.length
}
