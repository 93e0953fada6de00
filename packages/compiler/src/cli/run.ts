import { EwsError } from '@extism-ws/protocol'

import { buildOnce } from './build.js'
import { parseCommand, UsageError, type Command } from './command.js'
import { doctor } from './doctor.js'
import { messageOf, print, say } from './terminal.js'
import { usage, usageLine } from './usage.js'
import { ownVersion } from './version.js'
import { watch } from './watch.js'

/** Runs the command and answers its exit code: 0, or 1 when something is wrong. */
export async function run(args: readonly string[]): Promise<number> {
  const json = args.includes('--json')
  try {
    return await execute(parseCommand(args))
  } catch (error) {
    reportFailure(error, json)
    return 1
  }
}

async function execute(command: Command): Promise<number> {
  switch (command.name) {
    case 'help':
      process.stdout.write(usage)
      return 0
    case 'version':
      print(await ownVersion())
      return 0
    case 'doctor':
      return (await doctor(process.cwd(), command.json)) ? 0 : 1
    case 'build':
      if (command.job.watch) await watch(command.job, reportFailure)
      else await buildOnce(command.job)
      return 0
  }
}

function reportFailure(error: unknown, json: boolean): void {
  const message = messageOf(error)
  if (json) {
    const expected = error instanceof EwsError || error instanceof UsageError
    const code = error instanceof EwsError ? error.code : expected ? 'EWS_BUILD' : 'EWS_INTERNAL'
    print(JSON.stringify({ error: { code, message } }))
    return
  }
  say(`error: ${message}`)
  if (error instanceof UsageError) say(`\n${usageLine}\nextism-ws --help lists the flags.`)
}
