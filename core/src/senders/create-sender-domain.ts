import { domainToASCII } from 'node:url'
import { isOnTrial } from '../accounts/trial-contacts.ts'
import { recordAudit } from '../audit/record-audit.ts'
import type { Context } from '../context.ts'
import { DomainError, invalid, uniqueViolation } from '../errors.ts'
import { countTrialAct } from '../limited-acts/count-act.ts'
import { generateDkimKey } from '../mail/generate-dkim-key.ts'
import { transaction } from '../transaction.ts'

/** What DKIM private keys are sealed for. */
export const dkimSeal = 'dkim'

const label = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/

function isDomainName(text: string): boolean {
  const labels = text.split('.')
  const top = labels.pop() ?? ''
  const isLong = text.length >= 4 && text.length <= 253
  return (
    isLong && labels.length > 0 && labels.every((one) => label.test(one)) && /^[a-z0-9-]{2,63}$/.test(top)
  )
}

/**
 * Of each domain another one, made from its id (32 bits of chance and more): two accounts that send for one domain publish
 * a key each, side by side.
 */
function selectorOf(id: string): string {
  return `envoi-${BigInt(`0x${id.slice(-10)}`)
    .toString(32)
    .padStart(8, '0')}`
}

/** Sender domains that an account in trial may add in a day: each costs a key, and questions to the name servers of its choice. */
export const trialDomains = 20

async function countDomain(context: Context): Promise<void> {
  if (!(await isOnTrial(context))) return
  const domains = { kind: 'sender-domains.create', limit: trialDomains, what: 'new sender domains' }
  await transaction(context, (tx) => countTrialAct(tx, domains))
}

/** Adds a domain with a DKIM key of its own; it signs once its records are verified. */
export async function createSenderDomain(context: Context, input: { domain: string }) {
  const domain = domainToASCII(input.domain.trim().toLowerCase())
  if (!isDomainName(domain)) throw invalid('/domain', 'must be a domain name')
  await countDomain(context)
  const key = await generateDkimKey('rsa')
  const now = context.clock.now()
  try {
    return await transaction(context, async (tx) => {
      const id = tx.newId()
      const created = await tx.db.senderDomain.create({
        data: {
          ...tx.scope,
          id,
          domain,
          dkimSelector: selectorOf(id),
          dkimPublicKey: key.publicKey,
          dkimPrivateKey: new Uint8Array(tx.keys.seal(Buffer.from(key.privateKey), dkimSeal)),
          createdAt: now,
          updatedAt: now,
        },
      })
      await recordAudit(tx, { target: { type: 'sender_domain', id: created.id } })
      return created
    })
  } catch (error) {
    if (uniqueViolation(error) === undefined) throw error
    throw new DomainError('conflict', { fields: [{ pointer: '/domain', detail: 'is already there' }] })
  }
}
