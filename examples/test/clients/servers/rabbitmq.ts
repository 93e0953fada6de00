import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

import { freePort, startProgram, temporaryFolder } from './program.js'
import type { TestServer } from './server.js'
import { together } from './together.js'

/** It starts a virtual machine, which takes seconds. */
const patienceMs = 60_000

/** RabbitMQ with STOMP over WebSockets, in a temporary folder, and the port mapper that it needs. */
export async function startRabbitMq(): Promise<TestServer> {
  return together(async (keep) => {
    const { path } = keep(await temporaryFolder())
    const [port, amqp, stomp, distribution, mapper] = [
      await freePort(),
      await freePort(),
      await freePort(),
      await freePort(),
      await freePort(),
    ]
    const config = [
      `listeners.tcp.1 = 127.0.0.1:${amqp}`,
      `stomp.listeners.tcp.1 = 127.0.0.1:${stomp}`,
      'web_stomp.tcp.ip = 127.0.0.1',
      `web_stomp.tcp.port = ${port}`,
      // In text, which is the default, a client refuses bodies that are not UTF-8.
      'web_stomp.ws_frame = binary',
    ]
    await mkdir(join(path, 'log'))
    await writeFile(join(path, 'rabbitmq.conf'), config.join('\n'))
    await writeFile(join(path, 'plugins'), '[rabbitmq_web_stomp].')
    const env = {
      HOME: path,
      ERL_EPMD_ADDRESS: '127.0.0.1',
      ERL_EPMD_PORT: String(mapper),
      RABBITMQ_CONF_ENV_FILE: '/dev/null',
      RABBITMQ_CONFIG_FILE: join(path, 'rabbitmq.conf'),
      RABBITMQ_DIST_PORT: String(distribution),
      RABBITMQ_ENABLED_PLUGINS_FILE: join(path, 'plugins'),
      RABBITMQ_LOG_BASE: join(path, 'log'),
      RABBITMQ_LOGS: '-',
      RABBITMQ_MNESIA_BASE: join(path, 'data'),
      RABBITMQ_NODENAME: `ews${port}@localhost`,
      // The port of the distribution too: nobody else is in this cluster.
      RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS: '-kernel inet_dist_use_interface {127,0,0,1}',
    }
    keep(await startProgram('epmd', [], { env, ready: mapper }))
    keep(await startProgram('rabbitmq-server', [], { env, ready: port, patienceMs }))
    return { url: `ws://127.0.0.1:${port}` }
  })
}
