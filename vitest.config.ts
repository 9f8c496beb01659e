import { availableParallelism } from 'node:os'
import { defineConfig } from 'vitest/config'
import { LongestFirst } from './test/src/support/longest-first.ts'

export default defineConfig({
  test: {
    include: ['{openapi,prisma,core,api,workers,sdk,supervisor,test,scripts}/src/**/*.test.ts'],
    globalSetup: ['test/src/support/global-setup.ts'],
    pool: 'forks',
    // many tests wait for a while, for a process, a connection or a limit of time: the processor is another's meanwhile
    maxWorkers: Math.min(availableParallelism() + 1, 4),
    sequence: { sequencer: LongestFirst },
    // a process loads the platform once for all its test files: there is nothing global in it to keep apart
    isolate: false,
    // built packages are loaded as they are, not once more through the transformer of tests
    server: { deps: { external: [/\/dist\//] } },
    // a slow machine is no failure
    testTimeout: 120_000,
    hookTimeout: 120_000,
    expect: { poll: { timeout: 45_000 } },
    // embedded Postgres writes its last page
    teardownTimeout: 20_000,
  },
})
