/** What benches begin with: an account on a database of its own, and contacts brought in by a real import. */
import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { asSystem, type Context, createLog, createPlatform, inAccount, readSettings } from '@envoi/core'
import { createCampaign } from '@envoi/core/campaigns/create-campaign'
import { createField } from '@envoi/core/fields/create-field'
import { createImport } from '@envoi/core/imports/create-import'
import { uploadImportFile } from '@envoi/core/imports/upload-file'
import { createList } from '@envoi/core/lists/create-list'
import { createPurpose } from '@envoi/core/purposes/create-purpose'
import { createSender } from '@envoi/core/senders/create-sender'
import { createSenderDomain } from '@envoi/core/senders/create-sender-domain'
import { newsletterPurpose } from '../support/newsletter-purpose.ts'
import type { BenchDatabase, BenchDatabases } from './database.ts'
import { importColumns, importLines } from './import-file.ts'

export interface Scene {
  database: BenchDatabase
  /** Of a process that works on the same data. */
  env: Record<string, string>
  context: Context
  purpose: { id: string; key: string }
  list: string
  close(): Promise<void>
}

export interface ImportRun {
  status: string
  rows: number
  seconds: number
  /** Seconds of the processor. */
  cpu: number
  peakMemory: number
}

const importProcess = fileURLToPath(new URL('./import-child.js', import.meta.url))

const newsletter = fileURLToPath(new URL('../../src/bench/newsletter.mjml', import.meta.url))

/** An active account with three fields, a purpose and a list. */
export async function openScene(
  databases: BenchDatabases,
  settings: Record<string, string> = {},
): Promise<Scene> {
  const database = await databases.clone()
  const dataDir = await mkdtemp(join(tmpdir(), 'envoi-bench-data-'))
  const env = {
    DATABASE_URL: database.url,
    ENVOI_DATA_DIR: dataDir,
    ENVOI_MASTER_KEY: Buffer.alloc(32, 7).toString('base64'),
    LOG_LEVEL: 'silent',
    ...settings,
  }
  const platform = createPlatform(readSettings(env), { log: createLog('silent') })
  const now = platform.clock.now()
  const { id: accountId } = await platform.db.account.create({
    data: {
      id: platform.newId(),
      name: 'Bench',
      locale: 'fr-FR',
      timezone: 'Europe/Paris',
      status: 'active',
      dailyQuota: null,
      termsVersion: '2026-01',
      termsAcceptedAt: now,
      createdAt: now,
      updatedAt: now,
    },
  })
  const system = asSystem(platform, accountId, 'bench')
  const context = inAccount(
    system,
    accountId,
    system.actor,
    new Set(['contacts:read', 'contacts:reveal', 'consents:read', 'consents:write']),
  )
  for (const [key, type] of [
    ['country', 'text'],
    ['city', 'text'],
    ['score', 'number'],
  ] as const)
    await createField(context, { key, label: key, type })
  const purpose = await createPurpose(context, {
    key: 'newsletter',
    ...newsletterPurpose,
  })
  const list = await createList(context, { name: 'Everybody' })
  return {
    database,
    env,
    context,
    purpose,
    list: list.id,
    async close() {
      await platform.close()
      await rm(dataDir, { recursive: true, force: true })
      await database.drop()
    },
  }
}

/** Imports so many contacts in a process of its own, and measures it. `round` changes what is known of everybody. */
export async function importContacts(
  { database, env, context, purpose, list }: Scene,
  rows: number,
  { round = 0, consents = false }: { round?: number; consents?: boolean } = {},
): Promise<ImportRun> {
  const { id } = await createImport(context, {
    format: 'csv',
    columns: importColumns,
    onConflict: 'update',
    origin: { source: 'bench' },
    ...(consents
      ? {
          lists: [list],
          consents: [
            {
              purpose: purpose.key,
              channel: 'email' as const,
              state: 'granted' as const,
              evidence: {
                source: 'shop.example sign-up form',
                collectedAt: '2026-01-02T03:04:05Z',
                text: 'I would like to get the newsletter.',
                textVersion: '1',
              },
            },
          ],
        }
      : {}),
  })
  const content = Readable.from(importLines(rows, round), { objectMode: false })
  await uploadImportFile(context, id, { content, gzip: false, limit: Number.MAX_SAFE_INTEGER })
  await database.run('vacuum analyze')
  await database.run('checkpoint')
  const { stdout } = await promisify(execFile)(process.execPath, [importProcess, context.accountId, id], {
    env: { ...process.env, ...env },
  })
  const ran = JSON.parse(stdout) as ImportRun
  if (ran.status !== 'completed' || ran.rows !== rows) throw new Error(`the import went wrong: ${stdout}`)
  return ran
}

/** A campaign of a newsletter of some twelve links to everybody on the list, its sender's domain verified. */
export async function draftCampaign({ context, purpose, list }: Scene): Promise<string> {
  const domain = `${context.newId()}.example`
  const { id: domainId } = await createSenderDomain(context, { domain })
  const key = { accountId_id: { ...context.scope, id: domainId } }
  await context.db.senderDomain.update({ where: key, data: { status: 'verified' } })
  const sender = await createSender(context, { email: `news@${domain}`, name: 'Atelier' })
  const { id } = await createCampaign(context, {
    name: 'Bench',
    channel: 'email',
    purpose: purpose.key,
    lists: [list],
    sender: sender.id,
    content: { subject: 'Bonjour {{ contact.firstName }}', mjml: await readFile(newsletter, 'utf8') },
  })
  return id
}
