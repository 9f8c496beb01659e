import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['{openapi,prisma,core,api,workers,sdk,supervisor,test,scripts}/src/**/*.test.ts'],
    globalSetup: ['test/src/support/global-setup.ts'],
    pool: 'forks',
    maxWorkers: 2,
    // a process loads the platform once for all its test files: there is nothing global in it to keep apart
    isolate: false,
    // built packages are loaded as they are, not once more through the transformer of tests
    server: { deps: { external: [/\/dist\//] } },
    // a slow machine is no failure
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // embedded Postgres writes its last page
    teardownTimeout: 20_000,
  },
})
