/**
 * Everything that is generated: the database client from the schema, `openapi.json` from the contract, the SDK's types
 * from `openapi.json`. `npm run generate` makes all of it again; `prepare.mjs` only what has become stale.
 */
import { pathToFileURL } from 'node:url'
import { noEngineDownload } from './lib/install.mjs'
import { fingerprint, main, script, stepUnlessDone } from './lib/steps.mjs'

export async function generate({ force = false } = {}) {
  await stepUnlessDone('client', {
    force,
    title: 'Generating the database client',
    inputs: () => fingerprint(['prisma/schema', 'node_modules/prisma/package.json']),
    outputs: () => fingerprint(['prisma/src/generated']),
    commands: () => [
      {
        ...script('node_modules/prisma/build/index.js', 'generate', '--schema', 'prisma/schema'),
        env: noEngineDownload,
      },
    ],
  })
  await stepUnlessDone('document', {
    force,
    title: 'Building openapi.json',
    inputs: () => fingerprint(['openapi/src', 'node_modules/@sinclair/typebox/package.json']),
    outputs: () => fingerprint(['openapi/openapi.json', 'openapi/dist/.tsbuildinfo']),
    commands: () => [
      script('node_modules/typescript/bin/tsc', '-b', 'openapi'),
      script('openapi/dist/cli/build.js'),
    ],
  })
  await stepUnlessDone('sdk', {
    force,
    title: "Generating the SDK's types",
    inputs: () => fingerprint(['openapi/openapi.json', 'node_modules/openapi-typescript/package.json']),
    outputs: () => fingerprint(['sdk/src/generated']),
    commands: () => [
      script(
        'node_modules/openapi-typescript/bin/cli.js',
        'openapi/openapi.json',
        '--output',
        'sdk/src/generated/schema.ts',
      ),
    ],
  })
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) await main(() => generate({ force: true }))
