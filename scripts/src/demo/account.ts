import { randomBytes } from 'node:crypto'
import type { Envoi } from '@envoi/sdk'
import type { Report } from './report.ts'

/** Opens an account, has it approved, and returns a client with an API key of it. */
export async function openAccount(anyone: Envoi, operatorToken: string, report: Report): Promise<Envoi> {
  const email = `owner-${randomBytes(4).toString('hex')}@atelier-des-lilas.example`
  const { account, password = '' } = await report.step('An account opens, in trial', () =>
    anyone.accounts.create({
      name: 'Atelier des Lilas',
      locale: 'fr-FR',
      timezone: 'Europe/Paris',
      owner: { email, firstName: 'Camille', lastName: 'Martin' },
      termsVersion: '2026-01',
    }),
  )
  await report.step('The operator approves it', () =>
    anyone.with(operatorToken).operator.approveAccount(account.id),
  )
  return report.step('The owner logs in and makes an API key', async () => {
    const { accessToken } = await anyone.sessions.create({ email, password })
    const { key } = await anyone.with(accessToken).apiKeys.create({ name: 'demo', role: 'owner' })
    return anyone.with(key)
  })
}
