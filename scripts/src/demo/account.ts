import { randomBytes } from 'node:crypto'
import type { Envoi } from '@envoi/sdk'
import type { Report } from './report.ts'

/**
 * Opens an account, has it approved, and returns a client with an API key of it. The company names itself; for what nobody can
 * check here, a mailbox and a domain, the operator's waiver stands in the history of the verification.
 */
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
  const owner = await report.step('The owner logs in and names the company', async () => {
    const { accessToken } = await anyone.sessions.create({ email, password })
    const loggedIn = anyone.with(accessToken)
    const legal = { company: 'Atelier des Lilas SAS', country: 'FR', registration: '732 829 320' }
    await loggedIn.account.update({ legal })
    return loggedIn
  })
  await report.step('The operator approves it', () =>
    anyone.with(operatorToken).operator.approveAccount(account.id, {
      waive: ['owner_email', 'sender_domain'],
      reason: 'A demonstration: its domain is an example',
    }),
  )
  return report.step('The owner makes an API key', async () =>
    anyone.with((await owner.apiKeys.create({ name: 'demo', role: 'owner' })).key),
  )
}
