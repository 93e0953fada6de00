import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // Each test compiles real plugins; on a loaded machine that takes its time.
    testTimeout: 60_000,
  },
})
