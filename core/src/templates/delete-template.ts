import { recordAudit } from '../audit/record-audit.ts'
import type { Context } from '../context.ts'
import { DomainError } from '../errors.ts'
import { transaction } from '../transaction.ts'
import { getTemplate } from './read-templates.ts'

/** Refused while a campaign that is not over refers to it; those that are keep what they sent. */
export async function deleteTemplate(context: Context, id: string): Promise<void> {
  await transaction(context, async (tx) => {
    await getTemplate(tx, id)
    const over = ['sent', 'cancelled'] as const
    const campaigns = await tx.db.campaign.count({
      where: { ...tx.scope, templateId: id, status: { notIn: [...over] } },
    })
    if (campaigns > 0)
      throw new DomainError('in_use', { detail: `${campaigns} campaigns use this template.` })
    await tx.db.campaign.updateMany({ where: { ...tx.scope, templateId: id }, data: { templateId: null } })
    await tx.db.template.delete({ where: { accountId_id: { ...tx.scope, id } } })
    await recordAudit(tx, { target: { type: 'template', id } })
  })
}
