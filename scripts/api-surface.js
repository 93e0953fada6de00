// Keeps api-surface.md, the declarations that our packages publish, equal to what is built.
//
//   node scripts/api-surface.js --check    fails when the file is stale
//   node scripts/api-surface.js --write    writes it

import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const target = join(root, 'api-surface.md')

/** Every declaration file that an entry point reaches through relative imports and exports. */
function reachable(file, found = new Set()) {
  if (found.has(file)) return found
  found.add(file)
  for (const [, specifier] of readFileSync(file, 'utf8').matchAll(/from '(\.[^']+)\.js'/g)) {
    reachable(join(dirname(file), `${specifier}.d.ts`), found)
  }
  return found
}

/** A declaration file without comments and imports: what a user's compiler sees. */
function declarations(file) {
  return readFileSync(file, 'utf8')
    .replaceAll(/\/\*\*?[\s\S]*?\*\//g, '')
    .replaceAll(/^import .*$\n/gm, '')
    .replaceAll(/^\s*\n/gm, '')
    .trim()
}

function surface() {
  const parts = [
    '# API surface',
    'What our packages publish, as their declaration files say. `pnpm api:write` renews this file.',
  ]
  for (const folder of readdirSync(join(root, 'packages')).sort()) {
    const manifestFile = join(root, 'packages', folder, 'package.json')
    if (!existsSync(manifestFile)) continue
    const { name, exports } = JSON.parse(readFileSync(manifestFile, 'utf8'))
    /** Entries of a package share files, which are shown with the first one. */
    const shown = new Set()
    for (const [entry, { types }] of Object.entries(exports ?? {})) {
      parts.push(`## ${name}${entry.slice(1)}`)
      for (const file of [...reachable(join(root, 'packages', folder, types))].sort()) {
        if (shown.has(file)) continue
        shown.add(file)
        const text = declarations(file)
        const title = relative(join(root, 'packages', folder, 'dist'), file)
        if (text !== '') parts.push(`\`${title}\``, `\`\`\`ts\n${text}\n\`\`\``)
      }
    }
  }
  return `${parts.join('\n\n')}\n`
}

const current = surface()
if (process.argv.includes('--write')) {
  writeFileSync(target, current)
} else if (!existsSync(target) || readFileSync(target, 'utf8') !== current) {
  console.error('api-surface.md is stale: run `pnpm api:write`, and look at what changed')
  process.exitCode = 1
}
