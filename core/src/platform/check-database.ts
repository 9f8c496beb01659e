import { readTokenKeys } from '../access/token-keys.ts'
import type { Platform } from '../context.ts'

/** Whether the database can be worked with; if not, one line that tells the operator what to do. */
export async function checkDatabase(platform: Platform): Promise<string | null> {
  try {
    await platform.pool.query('select 1 from outbox limit 0')
  } catch (error) {
    const { code } = error as { code?: string }
    // undefined_table
    if (code === '42P01') return 'The database has no tables yet: run `npm run db:migrate` first.'
    return `The database at DATABASE_URL cannot be used (${code ?? 'no answer'}).`
  }
  // with another key than the one they are sealed with they do not open, nor does anything else that is sealed
  const opened = await readTokenKeys(platform).then(
    () => true,
    () => false,
  )
  return opened ? null : 'ENVOI_MASTER_KEY is not the key that the data in this database is sealed with.'
}
