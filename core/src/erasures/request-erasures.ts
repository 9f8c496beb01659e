import type { Context } from '../context.ts'
import { fingerprint } from '../crypto/keys.ts'
import { enqueue } from '../jobs/enqueue.ts'
import { recordRows } from '../records/record-rows.ts'
import { keepRefusals } from './keep-refusals.ts'
import { holdOffWriters, identityKinds } from './refused-by-erasure.ts'
import { deleteContacts, forgetSuppressed, keepFingerprints, lockSubjects } from './request-erasures.sql.ts'
import { sealSubject } from './subject.ts'

/**
 * `request`: by the person, who must not be resurrected (GDPR art. 17). `cleanup`: the data is needed no more. Whatever the
 * reason, what they refused stays refused.
 */
export type ErasureReason = 'request' | 'cleanup'

/**
 * Erases contacts: in this transaction the rows that hang from the contact, so that from its commit on no query finds it, no
 * audience takes it and no message of it is left to be sent; later, by a job, the traces that are many or have to be searched.
 * What races with it cannot bring anything back: messages, consents, memberships refer to the contact by a foreign key, and
 * writers of contacts wait (see `refusedByErasure`).
 *
 * Returns one erasure for each contact that exists.
 */
export async function requestErasures(tx: Context, contactIds: string[], reason: ErasureReason) {
  await holdOffWriters(tx)
  const subjects = await lockSubjects(tx, contactIds)
  if (subjects.length === 0) return []
  if (reason === 'request') await keepFingerprints(tx, fingerprintsOf(tx, subjects))
  const ids = subjects.map(({ id }) => id)
  await keepRefusals(tx, ids)
  const counts = await deleteContacts(tx, ids)
  await forgetSuppressed(tx, subjects)
  const requestedAt = tx.clock.now()
  const erasures = await tx.db.erasure.createManyAndReturn({
    data: subjects.map((subject) => ({
      ...tx.scope,
      id: tx.newId(),
      reason,
      contactId: subject.id,
      subject: sealSubject(tx, subject),
      deleted: counts.get(subject.id) ?? {},
      requestedAt,
    })),
  })
  await recordRows(
    tx,
    'erasure',
    erasures.map(({ id }) => id),
  )
  await enqueue(tx, 'contacts.erase', {}, { dedupeKey: 'erase' })
  return erasures
}

function fingerprintsOf(tx: Context, subjects: Awaited<ReturnType<typeof lockSubjects>>) {
  return subjects.flatMap((subject) =>
    identityKinds.flatMap(([name, kind]) => {
      const value = subject[name]
      return value === null
        ? []
        : [{ kind, hash: fingerprint(tx.keys, tx.accountId, kind, value).toString('hex') }]
    }),
  )
}
