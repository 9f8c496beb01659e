import { type Context, inAccount } from '../context.ts'
import { fingerprint } from '../crypto/keys.ts'
import { platformAccount } from '../jobs/schedules.ts'
import { transaction } from '../transaction.ts'
import { canonicalMailbox } from './canonical-mailbox.ts'
import { dayMs } from './count-act.ts'

interface Mail {
  id: string
  email: string
}

/**
 * Which of these mails may leave, when one mailbox gets so many of their kind in 24 hours, whichever accounts they come from.
 * What may is counted from then on, once however often it is tried. Mailboxes are counted by a keyed fingerprint of the
 * platform's own, apart from those of accounts, and nothing of it is told to any account: a mail that stays is one that was not
 * asked for too often by them.
 */
export async function reserveMails(
  context: Context,
  { kind, limit }: { kind: string; limit: number },
  mails: readonly Mail[],
): Promise<ReadonlySet<string>> {
  if (mails.length === 0) return new Set()
  const ids = mails.map(({ id }) => id)
  const subjects = mails.map(({ email }) =>
    fingerprint(context.keys, platformAccount, 'email', canonicalMailbox(email)),
  )
  return transaction(inAccount(context, platformAccount, context.actor), async (tx) => {
    const now = tx.clock.now()
    const since = new Date(now.getTime() - dayMs)
    // of two accounts that write to one mailbox at once, the second counts what the first has reserved
    await tx.db.$executeRaw`select pg_advisory_xact_lock(hashtextextended('limited_act mails', 0))`
    await tx.db.$executeRaw`
      with given as (
        select id, subject, row_number() over (partition by subject order by id) as place
        from unnest(${ids}::uuid[], ${subjects}::bytea[]) as given (id, subject)
        where not exists (
          select from limited_act where limited_act.account_id = ${tx.accountId}::uuid and limited_act.id = given.id
        )
      ),
      had as (
        select subject, count(*) as count
        from limited_act
        where account_id = ${tx.accountId}::uuid and kind = ${kind} and subject = any(${subjects}::bytea[])
          and at > ${since}::timestamptz
        group by subject
      )
      insert into limited_act (account_id, id, kind, subject, at)
      select ${tx.accountId}::uuid, id, ${kind}, subject, ${now}::timestamptz
      from given
      left join had using (subject)
      where coalesce(had.count, 0) + place <= ${limit}::integer`
    const reserved = await tx.db.limitedAct.findMany({
      where: { ...tx.scope, id: { in: ids } },
      select: { id: true },
    })
    return new Set(reserved.map(({ id }) => id))
  })
}
