import { recordAudit } from '../audit/record-audit.ts'
import type { Context } from '../context.ts'
import { type Lifted, liftedSql, recordLifted } from '../suppressions/record-lifted.ts'
import type { Choice } from './read-preferences.ts'

/**
 * What the person themselves had asked for, they may take back: suppressions of their address for unsubscription or complaint,
 * for this purpose or for all. Those of the account (`manual`) and of the mail system (`hard_bounce`) are not theirs to lift.
 */
export async function liftOwnSuppressions(tx: Context, contactId: string, choice: Choice): Promise<void> {
  const contact = await tx.db.contact.findUnique({
    where: { accountId_id: { ...tx.scope, id: contactId } },
    select: { email: true, phone: true },
  })
  const value = choice.channel === 'email' ? contact?.email : contact?.phone
  const lifted = await tx.db.$queryRaw<{ row: Lifted }[]>`
    delete from suppression
    where account_id = ${tx.accountId}::uuid and channel = ${choice.channel}::channel and value = ${value ?? ''}
      and reason in ('unsubscribe', 'complaint') and purpose_key in ('', ${choice.purposeKey})
    returning ${liftedSql} as row`
  await recordLifted(
    tx,
    lifted.map(({ row }) => row),
  )
  if (lifted.length > 0)
    await recordAudit(tx, { target: { type: 'contact', id: contactId }, changed: ['suppressions'] })
}
