export const usageLine = 'Usage: extism-ws build <entry> -o <file.wasm> [flags]'

export const usage = `${usageLine}
       extism-ws doctor [--json]

build compiles TypeScript or JavaScript to an Extism plugin. Every function that the entry file
exports becomes an export of the plugin. A source map is written beside it, as <file.wasm>.map.

  -o, --output <file>     where the plugin is written (required)
  -i, --interface <file>  a .d.ts file as js-pdk has it: which functions are exported, and which host
                          functions of the integrator's own are imported
      --portable          use nothing but the public js-pdk API to reach the host
      --minify            make the code smaller; names in stacks become short
      --no-sourcemap      write no source map, and remove one that is there
      --watch             build again when a file changes, until Ctrl-C
      --meta              show how much of the bundle comes from which file
      --json              print one line of JSON per build instead of text
      --engine <name>     extism-ws (the default), or extism-js: the official compiler, which must
                          be on the PATH (experimental)

doctor shows the versions that are in use, what is missing, and which mode 'auto' of a host is.

  -h, --help              this text
      --version           the version of this command

The exit code is 0, or 1 when something is wrong; nothing is written then.
`
