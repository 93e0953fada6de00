class FormData {}

// arktype names this global where it is loaded, and the engine has none. Exported, since a file without an
// export in use is left out of packages that say that their files have no side effects, as this one does.
export const platform = Object.assign(globalThis, { FormData })
