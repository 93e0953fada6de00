/** A line that the author's code printed while it was loaded. */
export interface BuildLine {
  readonly level: number
  readonly text: string
}

/** Something that is the same in every instance because it was read while the plugin was built. */
export interface BuildWarning {
  readonly api: string
  /** Where it was called. */
  readonly stack: string
}

let building = true

export const linesOfBuild: BuildLine[] = []
export const warningsOfBuild: BuildWarning[] = []

/** The author's code has been loaded; from here on the plugin runs in a host. */
export function endOfBuild(): void {
  building = false
}

/** Keeps a printed line for the compiler. False at run time. */
export function keepLine(level: number, text: string): boolean {
  if (building) linesOfBuild.push({ level, text })
  return building
}

/**
 * There is no host while the plugin is built: calls of it belong into an exported function.
 *
 * @param why what is wrong with the call at build time.
 */
export function needHost(api: string, why = 'there is no host yet'): void {
  if (!building) return
  throw new Error(
    `${api} was called while the plugin was being built; ${why}: call it inside an exported function`,
  )
}

/** A table of random numbers would warn a million times, from one place. */
const mostWarnings = 100

/** Notes that the author's top level called this, while the plugin is built. */
export function warnAtBuild(api: string): void {
  if (!building || warningsOfBuild.length >= mostWarnings) return
  warningsOfBuild.push({ api, stack: new Error(api).stack ?? '' })
}
