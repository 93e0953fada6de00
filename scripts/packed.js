// Tries what ships: packs every package, installs the tarballs into an empty project as a user
// would, and there compiles and runs the code of README.md. Run it as `pnpm packed`.

import { execFile, spawn } from 'node:child_process'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

const run = promisify(execFile)
const root = fileURLToPath(new URL('..', import.meta.url))
const packages = ['protocol', 'wasm', 'engine', 'compiler', 'host', 'guest']

function snippet(readme, mark) {
  return new RegExp(`^\`\`\`${mark}\\n([\\s\\S]*?)^\`\`\`$`, 'm').exec(readme)[1]
}

/** pnpm is often not on the PATH: it is asked for by its own script environment. */
function pnpm(args, cwd) {
  const path = process.env.npm_execpath ?? 'pnpm'
  return /\.c?js$/.test(path)
    ? run(process.execPath, [path, ...args], { cwd })
    : run(path, args, { cwd })
}

/** A feed that sends three prices to whoever connects. */
async function serveFeed() {
  const require = createRequire(join(root, 'packages/host/package.json'))
  const { WebSocketServer } = require('ws')
  const http = createServer()
  new WebSocketServer({ server: http }).on('connection', (socket) => {
    ;[3, 9, 5].forEach((price, i) => socket.send(JSON.stringify({ price, last: i === 2 })))
  })
  await new Promise((resolve) => http.listen(0, '127.0.0.1', resolve))
  return http
}

const folder = await mkdtemp(join(tmpdir(), 'extism-ws-packed-'))
const feed = await serveFeed()
try {
  for (const name of packages) {
    await pnpm(['pack', '--pack-destination', folder], join(root, 'packages', name))
  }
  const tarballs = (await readdir(folder)).filter((file) => file.endsWith('.tgz'))
  await writeFile(join(folder, 'package.json'), '{ "name": "packed", "private": true }')
  await run(
    'npm',
    [
      'install',
      '--no-audit',
      '--no-fund',
      ...tarballs.map((file) => `./${file}`),
      '@extism/extism',
    ],
    {
      cwd: folder,
    },
  )
  const readme = await readFile(join(root, 'README.md'), 'utf8')
  await writeFile(join(folder, 'plugin.ts'), snippet(readme, 'ts plugin'))
  await writeFile(join(folder, 'host.mjs'), snippet(readme, 'ts host'))
  const built = await run('npx', ['extism-ws', 'build', 'plugin.ts', '-o', 'plugin.wasm'], {
    cwd: folder,
  })
  process.stdout.write(built.stdout)
  const args = ['host.mjs', `ws://127.0.0.1:${feed.address().port}/`]
  const host = spawn(process.execPath, args, { cwd: folder, stdio: ['ignore', 'pipe', 'inherit'] })
  let answer = ''
  for await (const chunk of host.stdout) answer += chunk
  if (answer !== '{ high: 9 }\n') throw new Error(`the host printed ${JSON.stringify(answer)}`)
  console.log(`packed ok: ${tarballs.length} tarballs, installed and run`)
} finally {
  feed.close()
  feed.closeAllConnections()
  await rm(folder, { recursive: true, force: true })
}
