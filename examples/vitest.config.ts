import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    testTimeout: 30_000,
    // graphql is there as CommonJS and as modules: the server needs the copy that graphql-ws has.
    server: { deps: { inline: [/graphql/] } },
  },
})
