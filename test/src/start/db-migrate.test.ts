import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

const program = fileURLToPath(new URL('../../../prisma/dist/cli/migrate.js', import.meta.url))

test.each([
  ['', 'DATABASE_URL is not valid: expected a Postgres address'],
  ['mysql://localhost/x', 'DATABASE_URL is not valid: expected a Postgres address'],
  ['postgres://127.0.0.1:1/none', 'The database at DATABASE_URL cannot be migrated: connect ECONNREFUSED'],
])('db:migrate with DATABASE_URL=%s says in one line what is wrong', (DATABASE_URL, line) => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [program], {
    env: { DATABASE_URL },
    encoding: 'utf8',
  })
  expect(status).toBe(1)
  expect(stdout).toBe('')
  expect(stderr).toContain(line)
  expect(stderr.trim().split('\n')).toHaveLength(1)
})
