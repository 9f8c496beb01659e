import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import pg from 'pg'
import ts from 'typescript'
import { expect, test } from 'vitest'
import { createTestDatabase } from '../support/database.ts'

/** Tenancy is in the keys (docs/decisions/0003-tenancy-in-keys.md), and no statement written by hand may forget it. */
const root = fileURLToPath(new URL('../../..', import.meta.url))

/** Statements about no account in particular. */
const exempt: Record<string, string> = {
  'select 1 from outbox limit 0': 'is there a table? reads no row',
  'select min(occurred_at) as oldest from event_inbox': 'how far behind the platform is, as a whole',
}

async function tenantTables(): Promise<string[]> {
  const database = await createTestDatabase()
  const client = new pg.Client({ connectionString: database.url })
  await client.connect()
  const { rows } = await client.query<{ name: string }>(
    `select table_name as name from information_schema.columns where table_schema = 'public' and column_name = 'account_id'`,
  )
  await client.end()
  await database.drop()
  return rows.map(({ name }) => name)
}

/** All texts of a file; what is put into a template is left out of it. */
function textsOf(source: string): string[] {
  const texts: string[] = []
  const visit = (node: ts.Node): void => {
    if (ts.isStringLiteralLike(node)) texts.push(node.text)
    if (ts.isTemplateExpression(node))
      texts.push([node.head.text, ...node.templateSpans.map(({ literal }) => literal.text)].join(' … '))
    ts.forEachChild(node, visit)
  }
  visit(ts.createSourceFile('file.ts', source, ts.ScriptTarget.Latest))
  return texts
}

const forgetsAccount = (sql: string, tables: RegExp) => tables.test(sql) && !sql.includes('account_id')

test('every SQL statement about a table of accounts names account_id', async () => {
  const names = await tenantTables()
  expect(names).toEqual(expect.arrayContaining(['contact', 'message', 'outbox']))
  const tables = new RegExp(
    `\\b(?:from|join|into|update|using|table)\\s+(?:only\\s+)?(?:${names.join('|')})\\b`,
  )
  let about = 0
  const forgetful: string[] = []
  for (const folder of ['core', 'api', 'workers']) {
    const files = await readdir(join(root, folder, 'src'), { recursive: true })
    for (const file of files.filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts'))) {
      for (const text of textsOf(await readFile(join(root, folder, 'src', file), 'utf8'))) {
        if (tables.test(text)) about++
        if (forgetsAccount(text, tables) && exempt[text] === undefined)
          forgetful.push(`${folder}/src/${file}: ${text.trim()}`)
      }
    }
  }
  expect(forgetful).toEqual([])
  // it looks where the statements are
  expect(about).toBeGreaterThan(100)
  // and sees one that forgets
  const [sql = ''] = textsOf('tx.sql`update contact set email = 1`')
  expect(forgetsAccount(sql, tables)).toBe(true)
})
