import type { Context } from '../context.ts'
import { DomainError } from '../errors.ts'
import {
  fingerprintOf,
  type KeptAnswer,
  keptMs,
  lostAfterMs,
  type RepeatableRequest,
  type Reservation,
  sealPurpose,
  storedKey,
} from './request-key.ts'

/** Of equal requests the first one reserves the key and goes on; the others get its answer, or are asked to come back. */
export async function reserveKey(
  context: Context,
  request: RepeatableRequest,
): Promise<{ reservation: Reservation } | { kept: KeptAnswer }> {
  const fingerprint = fingerprintOf(request)
  const now = context.clock.now()
  const before = (milliseconds: number) => new Date(now.getTime() - milliseconds)
  const reserved = await context.db.$executeRaw`
    insert into idempotency_key as kept (account_id, key, operation_id, fingerprint, created_at)
    values (${context.accountId}::uuid, ${storedKey(request.key)}, ${request.operationId}, ${fingerprint}, ${now})
    on conflict (account_id, key) do update
    set operation_id = excluded.operation_id, fingerprint = excluded.fingerprint, created_at = excluded.created_at,
        status = null, headers = null, body = null
    where kept.created_at <= ${before(keptMs)} or (kept.status is null and kept.created_at <= ${before(lostAfterMs)})`
  if (reserved === 1) return { reservation: { key: request.key, reservedAt: now } }
  const kept = await context.db.idempotencyKey.findUnique({
    where: { accountId_key: { ...context.scope, key: storedKey(request.key) } },
  })
  // released between the two statements: the next attempt will find it free
  if (kept === null) throw new DomainError('idempotency_in_flight', { retryAfter: 1 })
  if (!Buffer.from(kept.fingerprint).equals(fingerprint)) throw new DomainError('idempotency_key_reused')
  if (kept.status === null) throw new DomainError('idempotency_in_flight', { retryAfter: 1 })
  const body =
    kept.body === null
      ? ''
      : context.keys.open(Buffer.from(kept.body, 'base64'), sealPurpose(request.key)).toString()
  return { kept: { status: kept.status, headers: kept.headers as Record<string, string>, body } }
}
