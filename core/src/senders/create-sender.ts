import { recordAudit } from '../audit/record-audit.ts'
import type { Context } from '../context.ts'
import { DomainError, uniqueViolation } from '../errors.ts'
import { requirePlainName } from '../plain-name.ts'
import { transaction } from '../transaction.ts'

interface NewSender {
  email: string
  name: string
  replyTo?: string | null
}

/** Creates a sender, attached to the account's domain of its address when there is one. */
export async function createSender(context: Context, input: NewSender) {
  const email = input.email.trim().toLowerCase()
  requirePlainName('/name', input.name)
  const now = context.clock.now()
  try {
    return await transaction(context, async (tx) => {
      const domain = await tx.db.senderDomain.findUnique({
        where: { accountId_domain: { ...tx.scope, domain: email.split('@')[1] ?? '' } },
      })
      const sender = await tx.db.sender.create({
        data: {
          ...tx.scope,
          id: tx.newId(),
          email,
          name: input.name,
          replyTo: input.replyTo ?? null,
          senderDomainId: domain?.id ?? null,
          createdAt: now,
          updatedAt: now,
        },
      })
      await recordAudit(tx, { target: { type: 'sender', id: sender.id } })
      return sender
    })
  } catch (error) {
    if (uniqueViolation(error) === undefined) throw error
    throw new DomainError('conflict', { fields: [{ pointer: '/email', detail: 'has a sender already' }] })
  }
}
