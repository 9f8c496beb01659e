import { recordAudit } from '../audit/record-audit.ts'
import type { Context } from '../context.ts'
import { transaction } from '../transaction.ts'
import { requireUpdated } from '../update-versioned.ts'
import { checkContent } from './check-content.ts'
import { checkWrittenContent } from './check-written-content.ts'
import { nameTaken, type TemplateContent } from './create-template.ts'
import { getTemplate } from './read-templates.ts'

const contentParts = ['subject', 'mjml', 'html', 'text'] as const

/** Merges a patch; the result is compiled before it is stored. */
export async function updateTemplate(
  context: Context,
  id: string,
  patch: Partial<TemplateContent> & { name?: string },
  expectedVersion: number | undefined,
) {
  const before = await getTemplate(context, id)
  const content = { ...before, ...patch }
  const isWritten = contentParts.some((part) => part in patch)
  await (isWritten ? checkWrittenContent : checkContent)(context, content)
  try {
    return await transaction(context, async (tx) => {
      const { count } = await tx.db.template.updateMany({
        where: { ...tx.scope, id, version: expectedVersion ?? before.version },
        data: { ...patch, version: { increment: 1 }, updatedAt: tx.clock.now() },
      })
      await requireUpdated(count, () =>
        tx.db.template.findUnique({ where: { accountId_id: { ...tx.scope, id } } }),
      )
      await recordAudit(tx, { target: { type: 'template', id }, changed: Object.keys(patch) })
      return getTemplate(tx, id)
    })
  } catch (error) {
    throw nameTaken(error)
  }
}
