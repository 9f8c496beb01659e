import type { IdempotencyKey } from '@envoi/prisma'
import type { Shown } from '../audit/sight.ts'
import type { Context } from '../context.ts'
import { DomainError } from '../errors.ts'
import {
  fingerprintOf,
  keptMs,
  lostAfterMs,
  type RepeatableRequest,
  type Replay,
  type Reservation,
  sealPurpose,
  storedKey,
  type Withheld,
} from './request-key.ts'

/** Of equal requests the first one reserves the key and goes on; the others get its answer, or are asked to come back. */
export async function reserveKey(
  context: Context,
  request: RepeatableRequest,
): Promise<{ reservation: Reservation } | { replay: Replay }> {
  const fingerprint = fingerprintOf(request)
  const now = context.clock.now()
  const before = (milliseconds: number) => new Date(now.getTime() - milliseconds)
  const reserved = await context.db.$executeRaw`
    insert into idempotency_key as kept (account_id, key, operation_id, fingerprint, created_at)
    values (${context.accountId}::uuid, ${storedKey(request.key)}, ${request.operationId}, ${fingerprint}, ${now})
    on conflict (account_id, key) do update
    set operation_id = excluded.operation_id, fingerprint = excluded.fingerprint, created_at = excluded.created_at,
        status = null, headers = null, body = null, permissions = '{}', mentions = '{}', shown = null, withheld = null
    where kept.created_at <= ${before(keptMs)} or (kept.status is null and kept.created_at <= ${before(lostAfterMs)})`
  if (reserved === 1) return { reservation: { key: request.key, reservedAt: now } }
  const kept = await context.db.idempotencyKey.findUnique({
    where: { accountId_key: { ...context.scope, key: storedKey(request.key) } },
  })
  // released between the two statements: the next attempt will find it free
  if (kept === null) throw new DomainError('idempotency_in_flight', { retryAfter: 1 })
  if (!Buffer.from(kept.fingerprint).equals(fingerprint)) throw new DomainError('idempotency_key_reused')
  if (kept.status === null) throw new DomainError('idempotency_in_flight', { retryAfter: 1 })
  return { replay: replayOf(context, request.key, { ...kept, status: kept.status }) }
}

const reasons: Record<Withheld, string> = {
  secret: 'Its answer held a secret, which is told once and not kept.',
  erased: 'Its answer was about somebody whose data have been erased since.',
  masked: 'Its answer showed a field that has been masked since.',
}

/** @throws DomainError `idempotency_answer_withheld` for an answer that is not to be given (again, or to who may less by now) */
function replayOf(context: Context, key: string, kept: IdempotencyKey & { status: number }): Replay {
  const headers = kept.headers as Record<string, string>
  const place = headers.location === undefined ? '' : ` What it made is at ${headers.location}.`
  const withhold = (reason: string) =>
    new DomainError('idempotency_answer_withheld', {
      detail: `The request was answered with ${kept.status}. ${reason}${place}`,
    })
  if (kept.withheld !== null) throw withhold(reasons[kept.withheld as Withheld])
  if (!kept.permissions.every((permission) => context.permissions.has(permission)))
    throw withhold('You had more permissions then than you have now.')
  const body =
    kept.body === null ? '' : context.keys.open(Buffer.from(kept.body, 'base64'), sealPurpose(key)).toString()
  return { status: kept.status, headers, body, shown: kept.shown as Shown | null }
}
