/**
 * What tests are written with: a real server on a database of its own per file, accounts opened through the API, the SDK.
 * `test('…', async ({ account, drain, mail }) => …)`.
 */
import { randomBytes } from 'node:crypto'
import { buildServer } from '@envoi/api'
import { freePort } from '@envoi/prisma/embedded'
import { createEnvoi, type Envoi } from '@envoi/sdk'
import { drain as drainJobs } from '@envoi/workers'
import { test as base } from 'vitest'
import { type MailServer, startMailServer } from '../servers/smtp-server.ts'
import type { TestDatabase } from './database.ts'
import { watchAnswers } from './declared-answers.ts'
import { noPressure } from './no-pressure.ts'
import { createTestPlatform, type TestPlatform } from './platform.ts'
import { proving } from './proving.ts'

export interface TestServer {
  url: string
  platform: TestPlatform
  mail: MailServer
  /** Everything it has logged, line by line. */
  logs: string[]
  operator: Envoi
  /** Opens an account; approved by the operator unless `trial`. */
  openAccount(options?: { trial?: boolean; name?: string }): Promise<TestAccount>
}

export interface TestAccount {
  id: string
  ownerEmail: string
  ownerPassword: string
  /** The owner's. */
  password: string
  /** As the owner, logged in. */
  api: Envoi
  accessToken: string
  /** Opens another session of the owner. */
  login(): ReturnType<Envoi['sessions']['create']>
  /** A key with exactly these permissions, or a role. */
  key(may: { permissions: string[] } | { role: string }): Promise<string>
  /** A client with such a key. */
  as(may: { permissions: string[] } | { role: string }): Promise<Envoi>
}

export const operatorToken = 'operator-token-of-the-tests-0123456789'

export async function startTestServer(
  mail: MailServer,
  options: { database?: TestDatabase } = {},
): Promise<TestServer & { close(): Promise<void> }> {
  const port = await freePort()
  const url = `http://127.0.0.1:${port}`
  const logs: string[] = []
  const platform = await createTestPlatform(
    {
      PORT: String(port),
      API_URL: url,
      SMTP_URL: mail.url,
      ENVOI_OPERATOR_TOKEN: operatorToken,
      LOG_LEVEL: 'debug',
    },
    { ...options, logTo: (line) => logs.push(line) },
  )
  const app = await buildServer(platform, {
    limits: { perCredentials: 100_000, perAddress: 100_000, openings: 100_000 },
    pressure: noPressure,
  })
  const undeclared = watchAnswers(app)
  await app.listen({ port, host: '127.0.0.1' })
  const anyone = createEnvoi({ baseUrl: url, maxRetries: 0 })
  const operator = anyone.with(operatorToken)
  return {
    url,
    platform,
    mail,
    logs,
    operator,
    openAccount: (options) => openAccount(url, anyone, operator, options),
    async close() {
      await app.close()
      await platform.close()
      if (undeclared.size > 0)
        throw new Error(`answers that the contract does not declare: ${[...undeclared].join('; ')}`)
    },
  }
}

/** The operator does without the steps of the verification: they have tests of their own. */
export const approve = (operator: Envoi, accountId: string) =>
  operator.operator.approveAccount(accountId, {
    waive: ['owner_email', 'company', 'sender_domain'],
    reason: 'An account of the tests',
  })

async function openAccount(
  url: string,
  anyone: Envoi,
  operator: Envoi,
  options: { trial?: boolean; name?: string } = {},
): Promise<TestAccount> {
  const ownerEmail = `owner-${randomBytes(6).toString('hex')}@example.com`
  const { account, password = '' } = await anyone.accounts.create({
    name: options.name ?? 'Atelier Ada',
    locale: 'fr-FR',
    timezone: 'Europe/Paris',
    // the password is made by the server: one that is chosen is judged first, which takes longer than all the rest
    owner: { email: ownerEmail, firstName: 'Ada', lastName: 'Lovelace' },
    termsVersion: '2026-01',
  })
  if (options.trial !== true) await approve(operator, account.id)
  const login = () => anyone.sessions.create({ email: ownerEmail, password })
  const { accessToken } = await login()
  const api = createEnvoi({ baseUrl: url, maxRetries: 0, token: accessToken, fetch: proving(url, password) })
  const key = async (may: { permissions: string[] } | { role: string }) =>
    (await api.apiKeys.create({ name: 'test', ...(may as { role: 'owner' }) })).key
  return {
    id: account.id,
    ownerEmail,
    ownerPassword: password,
    password,
    api,
    accessToken,
    login,
    key,
    as: async (may) => anyone.with(await key(may)),
  }
}

interface Fixtures {
  mail: MailServer
  server: TestServer
  /** An account of one's own, approved. */
  account: TestAccount
  /** Runs all jobs that are due, in this process. */
  drain: () => Promise<void>
}

export const test = base.extend<Fixtures>({
  mail: [
    // biome-ignore lint/correctness/noEmptyPattern: vitest reads the names of needed fixtures from the pattern
    async ({}, use) => {
      const mail = await startMailServer()
      await use(mail)
      await mail.close()
    },
    { scope: 'file' },
  ],
  server: [
    async ({ mail }, use) => {
      const server = await startTestServer(mail)
      await use(server)
      await server.close()
    },
    { scope: 'file' },
  ],
  account: async ({ server }, use) => use(await server.openAccount()),
  drain: async ({ server }, use) =>
    use(async () => {
      await drainJobs(server.platform)
    }),
})

export { describe, expect } from 'vitest'
