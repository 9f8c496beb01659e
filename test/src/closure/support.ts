/** What tests of the closing of an account look at. */
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { drain } from '@envoi/workers'
import * as make from '../contract/make.ts'
import { createPerson } from '../rights/person.ts'
import { dumpRedis } from '../rights/traces.ts'
import type { TestAccount, TestServer } from '../support/fixture.ts'

export const MINUTE = 60_000
export const DAY = 24 * 60 * MINUTE

/** An account that has done something of everything. */
export async function busyAccount(server: TestServer): Promise<TestAccount> {
  const account = await server.openAccount()
  await createPerson({ server, account, drain: async () => void (await drain(server.platform)) })
  await account.key({ role: 'analyst' })
  await make.anImport({ server, account })
  return account
}

/** Time passes, and what is due is done; as often as it takes, since a job may ask to be run again in a minute. */
export async function pass({ platform }: TestServer, milliseconds: number): Promise<void> {
  await work(platform)
  platform.clock.advance(milliseconds)
  for (let minutes = 0; minutes < 4; minutes += 1) {
    await work(platform)
    platform.clock.advance(6 * MINUTE)
  }
  await work(platform)
}

/** All that is due; a job that fails fails the test. */
async function work(platform: TestServer['platform']): Promise<void> {
  for (const { outcome, error } of await drain(platform)) if (outcome === 'failed') throw error
}

/**
 * How many rows of an account each table holds; those of the platform's own by the account's id anywhere in them. Without the reads
 * in the audit log, which a server writes down when half a minute has gone by.
 */
export async function rowsOf({ platform }: TestServer, accountId: string): Promise<Record<string, number>> {
  const { rows: tables } = await platform.direct.query<{ name: string }>(`
    select relname as name from pg_class
    where relnamespace = 'public'::regnamespace and relkind in ('r', 'p') and not relispartition order by 1`)
  const counts: Record<string, number> = {}
  for (const { name } of tables) {
    const only = name === 'audit_event' ? `and kind <> 'read'` : ''
    const { rows } = await platform.direct.query<{ rows: number }>(
      `select count(*)::integer as rows from "${name}" as t where t::text like '%' || $1::text || '%' ${only}`,
      [accountId],
    )
    const count = rows[0]?.rows ?? 0
    if (count > 0) counts[name] = count
  }
  return counts
}

/** Files of an account, by their path in the folder of files. */
export async function filesOf({ platform }: TestServer, accountId: string): Promise<string[]> {
  const folder = join(platform.settings.dataDir, 'files')
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => [])
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .filter((path) => path.includes(accountId))
}

/** What Redis holds, but for how many requests somebody has made in the last minute: that is forgotten with the minute. */
export async function inRedis(server: TestServer): Promise<string[]> {
  return (await dumpRedis(server)).filter((line) => !line.startsWith('envoi:limits:'))
}
