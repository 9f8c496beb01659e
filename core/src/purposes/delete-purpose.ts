import { recordAudit } from '../audit/record-audit.ts'
import type { Context } from '../context.ts'
import { DomainError } from '../errors.ts'
import { transaction } from '../transaction.ts'
import { lockPurpose } from './read-purposes.ts'

/** Deletes a purpose that nothing refers to. Consents are proof: while there is one, the purpose stays. */
export async function deletePurpose(context: Context, key: string): Promise<void> {
  await transaction(context, async (tx) => {
    const { id } = await lockPurpose(tx, key)
    const where = { ...tx.scope, purposeId: id }
    const users: string[] = []
    if ((await tx.db.consent.findFirst({ where, select: { state: true } })) !== null) users.push('consents')
    if ((await tx.db.campaign.findFirst({ where, select: { id: true } })) !== null) users.push('campaigns')
    if ((await tx.db.field.findFirst({ where, select: { id: true } })) !== null) users.push('fields')
    const ofPurpose = { ...tx.scope, purposeKey: key }
    if ((await tx.db.suppression.findFirst({ where: ofPurpose, select: { id: true } })) !== null)
      users.push('suppressions')
    const [asked] = await tx.db.$queryRaw<unknown[]>`
      select 1 from segment
      where account_id = ${tx.accountId}::uuid
        and jsonb_path_exists(rule, '$.**.consent.purpose ? (@ == $key)', jsonb_build_object('key', ${key}::text))
      limit 1`
    if (asked !== undefined) users.push('segments that ask for it')
    if (users.length > 0) throw new DomainError('in_use', { detail: `It has ${users.join(', ')}.` })
    await tx.db.purpose.delete({ where: { accountId_id: { ...tx.scope, id } } })
    await recordAudit(tx, { target: { type: 'purpose', id } })
  })
}
