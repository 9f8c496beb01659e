import type { Prisma } from '@envoi/prisma'
import type { Context } from '../context.ts'
import { DomainError } from '../errors.ts'
import type { OnceOnly } from './once-only.ts'
import { type KeptAnswer, type Reservation, sealPurpose, storedKey } from './request-key.ts'

/**
 * Keeps the answer of the request that has reserved a key, together with its effect, which commits here.
 *
 * @throws DomainError `idempotency_in_flight` when somebody else has the key by now, because this took minutes: then it has no effect.
 */
export async function keepAnswer(
  context: Context,
  once: OnceOnly,
  { key, reservedAt }: Reservation,
  { status, headers, body }: KeptAnswer,
): Promise<void> {
  const sealed =
    body === '' ? null : context.keys.seal(Buffer.from(body), sealPurpose(key)).toString('base64')
  const keep = async (db: Prisma.TransactionClient) => {
    const { count } = await db.idempotencyKey.updateMany({
      where: { ...context.scope, key: storedKey(key), status: null, createdAt: reservedAt },
      data: { status, headers, body: sealed },
    })
    if (count === 0) throw new DomainError('idempotency_in_flight', { retryAfter: 1 })
  }
  const hadEffect = await once.commit(keep)
  if (!hadEffect) await keep(once.db)
}
