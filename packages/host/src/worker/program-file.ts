import { createRequire } from 'node:module'
import { pathToFileURL } from 'node:url'

/** The program of a plugin's thread, as it was built, also where this file runs from its source. */
export const programFile: URL = pathToFileURL(
  createRequire(import.meta.url).resolve('#plugin-thread'),
)
