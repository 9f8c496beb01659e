import { recordAudit } from '../audit/record-audit.ts'
import type { Context } from '../context.ts'
import { DomainError } from '../errors.ts'
import { transaction } from '../transaction.ts'
import { getList } from './read-lists.ts'

/** Deletes a list that no campaign and no segment refers to; its members stay contacts. */
export async function deleteList(context: Context, id: string): Promise<void> {
  await transaction(context, async (tx) => {
    await getList(tx, id)
    const [use] = await tx.db.$queryRaw<{ campaigns: boolean; segments: boolean }[]>`
      select
        exists (select from campaign_list where account_id = ${tx.accountId}::uuid and list_id = ${id}::uuid) as campaigns,
        exists (
          select from segment
          where account_id = ${tx.accountId}::uuid
            and jsonb_path_exists(rule, '$.**.list ? (@ == $list)', jsonb_build_object('list', ${id}::text))
        ) as segments`
    if (use?.campaigns) throw new DomainError('in_use', { detail: 'A campaign is sent to this list.' })
    if (use?.segments) throw new DomainError('in_use', { detail: 'A segment asks for this list.' })
    await tx.db.list.delete({ where: { accountId_id: { ...tx.scope, id } } })
    await recordAudit(tx, { target: { type: 'list', id } })
  })
}
