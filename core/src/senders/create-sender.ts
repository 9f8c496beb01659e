import { recordAudit } from '../audit/record-audit.ts'
import type { Context } from '../context.ts'
import { DomainError, invalid, uniqueViolation } from '../errors.ts'
import { transaction } from '../transaction.ts'

interface NewSender {
  email: string
  name: string
  replyTo?: string | null
}

/** Creates a sender, attached to the account's domain of its address when there is one. */
export async function createSender(context: Context, input: NewSender) {
  const email = input.email.trim().toLowerCase()
  refuseControlCharacters('/name', input.name)
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

/** A line break in a name would begin a new header of the message (RFC 5322, section 2.2). */
export function refuseControlCharacters(pointer: string, text: string): void {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is refused
  if (/[\u0000-\u001f\u007f]/.test(text)) throw invalid(pointer, 'must not contain control characters')
}
