import { recordAudit } from '../audit/record-audit.ts'
import type { Context } from '../context.ts'
import { DomainError } from '../errors.ts'
import { transaction } from '../transaction.ts'
import { getSegment } from './read-segments.ts'

/** Refused while something refers to it: a campaign, or the rule of another segment. */
export async function deleteSegment(context: Context, id: string): Promise<void> {
  await transaction(context, async (tx) => {
    await getSegment(tx, id)
    const campaigns = await tx.db.campaign.count({ where: { ...tx.scope, segmentId: id } })
    if (campaigns > 0) throw new DomainError('in_use', { detail: `${campaigns} campaigns use this segment.` })
    // a reference is `{ "segment": "<id>" }` somewhere in the tree; ids are too random to stand in it for anything else
    const [row] = await tx.db.$queryRaw<{ segments: bigint }[]>`
      select count(*) as segments
      from segment
      where account_id = ${tx.accountId}::uuid and id <> ${id}::uuid
        and jsonb_path_exists(rule, '$.**.segment ? (@ == $id)', jsonb_build_object('id', ${id}::text))`
    const segments = Number(row?.segments ?? 0)
    if (segments > 0)
      throw new DomainError('in_use', { detail: `${segments} segments refer to this segment.` })
    await tx.db.segment.delete({ where: { accountId_id: { ...tx.scope, id } } })
    await recordAudit(tx, { target: { type: 'segment', id } })
  })
}
