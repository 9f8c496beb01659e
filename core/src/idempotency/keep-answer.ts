import { Prisma } from '@envoi/prisma'
import type { Context } from '../context.ts'
import { DomainError } from '../errors.ts'
import { mentionsIn } from './answer-mentions.ts'
import type { OnceOnly } from './once-only.ts'
import { type GivenAnswer, type Reservation, sealPurpose, storedKey } from './request-key.ts'

/**
 * Keeps the answer of the request that has reserved a key, together with its effect, which commits here. One with a secret is not kept,
 * nor one about somebody when an erasure has passed by meanwhile: only that there was one is.
 *
 * @throws DomainError `idempotency_in_flight` when somebody else has the key by now, because this took minutes: then it has no effect.
 */
export async function keepAnswer(
  context: Context,
  once: OnceOnly,
  { key, reservedAt }: Reservation,
  { status, headers, body, isSecret, url }: GivenAnswer,
): Promise<void> {
  const sealed =
    body === '' || isSecret ? null : context.keys.seal(Buffer.from(body), sealPurpose(key)).toString('base64')
  const mentions = isSecret ? [] : mentionsIn(context, [url, headers.location ?? '', body])
  const shown = isSecret ? null : (context.sight?.shown() ?? null)
  const keep = async (db: Prisma.TransactionClient) => {
    const count = await db.$executeRaw`
      update idempotency_key
      set status = ${status}::int,
          headers = ${JSON.stringify(headers)}::jsonb,
          permissions = ${[...context.permissions]}::text[],
          body = case when ${isForgotten(mentions)} then null else ${sealed}::text end,
          mentions = case when ${isForgotten(mentions)} then '{}' else ${mentions}::text[] end,
          shown = case when ${isForgotten(mentions)} then null else ${shown === null ? null : JSON.stringify(shown)}::jsonb end,
          withheld = case
            when ${isForgotten(mentions)} then 'erased'
            when ${isSecret}::boolean then 'secret'
          end
      where account_id = ${context.accountId}::uuid
        and key = ${storedKey(key)}
        and status is null
        and created_at = ${reservedAt}::timestamptz`
    if (count === 0) throw new DomainError('idempotency_in_flight', { retryAfter: 1 })
  }
  const hadEffect = await once.commit(keep)
  if (!hadEffect) await keep(once.db)
}

/** An erasure marks what is under way. */
const isForgotten = (mentions: string[]) =>
  Prisma.sql`(withheld = 'erased' and ${mentions.length > 0}::boolean)`
