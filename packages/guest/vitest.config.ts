import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: { testTimeout: 30_000 },
  resolve: {
    // Which bridge `#bridge` means is a condition of the plugin's build; here it is the fake one.
    alias: {
      '#bridge': fileURLToPath(new URL('test/fake-bridge.ts', import.meta.url)),
      '#sync-bridge': fileURLToPath(new URL('test/fake-sync-bridge.ts', import.meta.url)),
      '#sync-values': fileURLToPath(new URL('src/codec/typed-sync-socket.ts', import.meta.url)),
      '#restart': fileURLToPath(new URL('src/restart.ts', import.meta.url)),
      '#events': fileURLToPath(new URL('src/events/own.ts', import.meta.url)),
    },
  },
})
