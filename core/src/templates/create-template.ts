import { recordAudit } from '../audit/record-audit.ts'
import type { Context } from '../context.ts'
import { DomainError, invalid, uniqueViolation } from '../errors.ts'
import { transaction } from '../transaction.ts'
import { checkWrittenContent } from './check-written-content.ts'

export interface TemplateContent {
  subject: string
  mjml?: string | null
  html?: string | null
  text?: string | null
}

/** Creates a template, compiled first so that a wrong one is never stored. */
export async function createTemplate(
  context: Context,
  input: TemplateContent & { name: string; channel: 'email' | 'sms' },
) {
  if (input.channel !== 'email') throw invalid('/channel', 'must be email')
  await checkWrittenContent(context, input)
  const now = context.clock.now()
  try {
    return await transaction(context, async (tx) => {
      const template = await tx.db.template.create({
        data: { ...tx.scope, ...input, id: tx.newId(), createdAt: now, updatedAt: now },
      })
      await recordAudit(tx, { target: { type: 'template', id: template.id } })
      return template
    })
  } catch (error) {
    throw nameTaken(error)
  }
}

export function nameTaken(error: unknown): unknown {
  if (uniqueViolation(error) === undefined) return error
  return new DomainError('conflict', { fields: [{ pointer: '/name', detail: 'is taken' }] })
}
