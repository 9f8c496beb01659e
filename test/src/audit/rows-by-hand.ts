/** For tests of rows that somebody with rights on the database changes, and of what the account is told of it. */
import { sealRecords } from '@envoi/core/records/seal-records'
import type { TestAccount, TestServer } from '../support/fixture.ts'

export const never: AbortSignal = new AbortController().signal
export const day = 86_400_000

export async function seal({ platform }: TestServer): Promise<void> {
  platform.clock.advance(10 * 60_000)
  await sealRecords(platform, never)
}

/** What the account is told, by a key: sessions end. */
export async function looking(account: TestAccount) {
  const owner = await account.as({ role: 'owner' })
  return { owner, look: async () => (await owner.auditEvents.integrity()).records }
}

export const sql = ({ platform }: TestServer, text: string, ...values: unknown[]) =>
  platform.pool.query(text, values)
