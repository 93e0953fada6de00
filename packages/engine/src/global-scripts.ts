/** A script that adds globals to an engine which has the core. */
export interface GlobalScript {
  /** Its file in `globals/`, and that of its bytecode. */
  readonly name: string
  /** What it defines. A plugin gets the script when its bundle has one of these words in it. */
  readonly defines: readonly string[]
  /** Scripts that it needs, by name; they come before it in the list. */
  readonly needs: readonly string[]
  /** Host functions of Extism that it calls where nobody attached the plugin. */
  readonly imports?: readonly string[]
}

/**
 * Every global that is not part of the core, in the order in which they are evaluated. The core's
 * own (js-pdk's objects, console, timers, text encoding) are in prelude/.
 */
export const globalScripts: readonly GlobalScript[] = [
  { name: 'performance', defines: ['performance'], needs: [] },
]
