/** A wrapped module: esbuild names the wrapper's only method after the file. */
const wrapper = /^(\s*var \S+ = __(?:esm|commonJS)\(\{\n\s*)"(?:[^"\\\n]|\\.)*"/gm

/**
 * Takes away the file names by which esbuild tells wrapped modules apart. They would stay in the
 * plugin, and a package that lies outside the project has the names of this machine's folders in
 * its own. Nothing that the source map knows is on these lines.
 */
export function withoutModuleNames(code: string): string {
  return code.replaceAll(wrapper, '$1""')
}
