import type { Context } from '../context.ts'
import { fingerprint } from '../crypto/keys.ts'

/** What a person is known by, normalised. */
export interface Identity {
  email?: string | null
  phone?: string | null
  externalId?: string | null
}

/** Someone about to be written. */
export interface Newcomer extends Identity {
  /** When they gave a consent that comes with them: what was erased before that instant is no longer refused. */
  consentedAt?: Date | null
}

/** Which of a person's values are those of someone who was erased on request. */
export type ErasedValues = (keyof Identity)[]

/** How the values of an identity are called in `erased_fingerprint`. */
export const identityKinds = [
  ['email', 'email'],
  ['phone', 'phone'],
  ['externalId', 'external_id'],
] as const satisfies [keyof Identity, string][]

/**
 * Tells, for each of many people, which of its values were erased on request (GDPR art. 17) and may not come back.
 *
 * Inside the transaction that writes the people: until its end no erasure of this account can begin, so that nobody is
 * written who is being erased at that moment.
 */
export async function refusedByErasure(tx: Context, people: Newcomer[]): Promise<ErasedValues[]> {
  await holdOffErasures(tx)
  const none = people.map((): ErasedValues => [])
  if (!(await hasErased(tx))) return none
  const candidates = people.flatMap((person, index) =>
    identityKinds.flatMap(([name, kind]) => {
      const value = person[name]
      if (value === undefined || value === null) return []
      const hash = fingerprint(tx.keys, tx.accountId, kind, value).toString('hex')
      return [{ index, name, kind, hash, consentedAt: person.consentedAt ?? null }]
    }),
  )
  const found = await tx.db.$queryRaw<{ ordinal: number }[]>`
    select (candidate.ordinal - 1)::int as ordinal
    from unnest(
      ${candidates.map(({ kind }) => kind)}::text[], ${candidates.map(({ hash }) => hash)}::text[],
      ${candidates.map(({ consentedAt }) => consentedAt?.toISOString() ?? null)}::timestamptz[]
    ) with ordinality as candidate (kind, hash, consented_at, ordinal)
    join erased_fingerprint as erased
      on erased.account_id = ${tx.accountId}::uuid
     and erased.kind = candidate.kind
     and erased.fingerprint = decode(candidate.hash, 'hex')
    where candidate.consented_at is null or erased.erased_at >= candidate.consented_at`
  for (const { ordinal } of found) {
    const candidate = candidates[ordinal]
    if (candidate !== undefined) none[candidate.index]?.push(candidate.name)
  }
  return none
}

/** Most accounts have erased nobody yet: that costs one look, and no fingerprint. */
export async function hasErased(tx: Context): Promise<boolean> {
  const first = await tx.db.erasedFingerprint.findFirst({ where: tx.scope, select: { kind: true } })
  return first !== null
}

/** Writers of contacts go side by side; an erasure waits for those under way, and those which come wait for it. */
export async function holdOffErasures(tx: Context): Promise<void> {
  await tx.db
    .$executeRaw`select pg_advisory_xact_lock_shared(hashtextextended('erasure:' || ${tx.accountId}, 0))`
}

/** The other side: inside the transaction that begins an erasure. */
export async function holdOffWriters(tx: Context): Promise<void> {
  await tx.db.$executeRaw`select pg_advisory_xact_lock(hashtextextended('erasure:' || ${tx.accountId}, 0))`
}
