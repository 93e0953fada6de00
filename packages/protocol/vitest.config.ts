import { defineConfig } from 'vitest/config'

// Thousands of cases, on machines that may be busy.
export default defineConfig({ test: { include: ['test/**/*.test.ts'], testTimeout: 30_000 } })
