import { execFile, spawnSync } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { promisify } from 'node:util'
import { expect, operatorToken, test } from '../support/fixture.ts'

/** The commands of the README that a newcomer copies into a shell. */
async function firstSteps(): Promise<string> {
  const readme = await readFile(new URL('../../../README.md', import.meta.url), 'utf8')
  const [, commands] = /```sh\n(.*?)```/s.exec(readme) ?? []
  if (commands === undefined) throw new Error('README.md has no shell commands')
  return commands
}

const hasCurl = spawnSync('curl', ['--version']).status === 0

// curl is not among what the tests may ask of a machine
test.skipIf(!hasCurl)(
  "the README's first steps lead to a contact, its consent and the proof",
  async ({ server }) => {
    const { stdout } = await promisify(execFile)('bash', ['-euo', 'pipefail', '-c', await firstSteps()], {
      env: { PATH: process.env.PATH, ENVOI: server.url, OPERATOR_TOKEN: operatorToken },
    })
    expect(stdout).toContain('"status":"active"')
    expect(stdout).toContain('counter of the shop')
    expect(stdout).toContain('grace@example.com')
  },
)
