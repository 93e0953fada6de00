import { access, constants, stat } from 'node:fs/promises'
import { delimiter, join } from 'node:path'

/** The name of the official compiler's command. */
export const officialCommand = 'extism-js'

/** Where a command is on the PATH; undefined when it is not there. */
export async function findCommand(
  name: string,
  environment: NodeJS.ProcessEnv = process.env,
): Promise<string | undefined> {
  const endings = process.platform === 'win32' ? ['.exe', ''] : ['']
  for (const folder of (environment['PATH'] ?? '').split(delimiter)) {
    if (folder === '') continue
    for (const ending of endings) {
      const file = join(folder, name + ending)
      if (await isExecutable(file)) return file
    }
  }
  return undefined
}

async function isExecutable(file: string): Promise<boolean> {
  try {
    await access(file, constants.X_OK)
    return (await stat(file)).isFile()
  } catch {
    return false
  }
}
