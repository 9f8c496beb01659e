/**
 * Makes a clone ready to run: installs, generates, builds, each only when needed. Every command of package.json starts
 * with it, so that nobody has to remember an order. Plain JavaScript without dependencies: it runs before they are there.
 */
const wanted = [20, 19]
const [major, minor] = process.versions.node.split('.').map(Number)
if (major < wanted[0] || (major === wanted[0] && minor < wanted[1])) {
  console.error(`Envoi needs Node ${wanted.join('.')} or later; this is ${process.version}.`)
  process.exit(1)
}

// not imported statically: they use what an older Node does not have
const { install } = await import('./lib/install.mjs')
const { generate } = await import('./generate.mjs')
const { fingerprint, main, script, stepUnlessDone } = await import('./lib/steps.mjs')

const packages = ['openapi', 'prisma', 'core', 'api', 'workers', 'sdk', 'supervisor', 'test', 'scripts']

await main(async () => {
  await install()
  await generate()
  await stepUnlessDone('build', {
    title: 'Building',
    inputs: () =>
      fingerprint([
        'tsconfig.json',
        'tsconfig.base.json',
        'package-lock.json',
        ...packages.flatMap((name) => [`${name}/src`, `${name}/tsconfig.json`]),
      ]),
    outputs: () => fingerprint(packages.map((name) => `${name}/dist/.tsbuildinfo`)),
    commands: () => [script('node_modules/typescript/bin/tsc', '--build')],
  })
})
