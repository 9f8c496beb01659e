/**
 * Do the migrations lead to the schema? Both are carried out, each on an empty database, and what Postgres made of them
 * is compared. Prisma's own comparison with a live database needs what the WebAssembly engine does not have, and would
 * not see what Prisma's language cannot say.
 */
import pg from 'pg'
import { readCatalog } from './catalog.ts'
import { diffSchemas } from './schema-engine.ts'
import { readSchema } from './schema-files.ts'

/** What migrations add by hand, because Prisma's schema language has no word for it. */
export const byHand: { sentence: string; because: string }[] = [
  {
    sentence:
      'index CREATE INDEX outbox_due_idx ON public.outbox USING btree (COALESCE(lease_until, run_at)) WHERE (armed_at IS NULL)',
    because: 'an expression and a condition',
  },
  {
    sentence:
      'index CREATE INDEX outbox_armed_idx ON public.outbox USING btree (armed_at) WHERE (armed_at IS NOT NULL)',
    because: 'a condition',
  },
  {
    sentence:
      "index CREATE INDEX account_origin_idx ON public.account USING gin (((security -> 'allowedOrigins'::text)))",
    because: 'an expression',
  },
]

/** Makes an empty database what the schema says, at one go. */
export async function buildFromSchema(url: string): Promise<void> {
  const sql = await diffSchemas(url, null, await readSchema())
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    await client.query(sql)
  } finally {
    await client.end()
  }
}

/** What the two disagree on, a line each; empty when the migrations lead to the schema. */
export async function findDrift(migratedUrl: string, schemaUrl: string): Promise<string[]> {
  const [migrated, wanted] = await Promise.all([readCatalog(migratedUrl), readCatalog(schemaUrl)])
  const expected = [...wanted, ...byHand.map(({ sentence }) => sentence)]
  const missing = expected.filter((sentence) => !migrated.includes(sentence))
  const extra = migrated.filter((sentence) => !expected.includes(sentence))
  return [
    ...missing.map((sentence) => `no migration makes: ${sentence}`),
    ...extra.map((sentence) => `the schema does not say: ${sentence}`),
  ]
}
