/**
 * `node scripts/run.mjs <name>`: prepares, then runs `scripts/src/<name>.ts`. In one process, so that the signals that
 * npm passes on reach it, rather than a shell that would leave it alone.
 */
await import('./prepare.mjs')
if (process.exitCode === undefined) await import(`./dist/${process.argv[2]}.js`)
