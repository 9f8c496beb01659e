/** What the rows of a chunk say about consents: a value of the row's own column, else the one for the whole file. */
import { Prisma } from '@envoi/prisma'
import type { EvidencePart, PlannedConsent } from './import-plan.ts'

function valueIn({ fixed, columns }: PlannedConsent, part: EvidencePart): Prisma.Sql {
  const index = columns[part]
  const forAll = Prisma.sql`${fixed[part] ?? null}::text`
  return index === undefined ? forAll : Prisma.sql`coalesce(evidence[${index + 1}::integer], ${forAll})`
}

/** The rows of one consent, as `recordConsents` takes them. */
export function consentRows(consent: PlannedConsent): Prisma.Sql {
  const { purpose, channel } = consent
  const value = (part: EvidencePart) => valueIn(consent, part)
  return Prisma.sql`
    select
      contact_id, ${purpose.id}::uuid as purpose_id, ${channel}::channel as channel,
      ${value('state')}::consent_state as state, ${value('source')} as source,
      ${value('collectedAt')}::timestamptz as collected_at,
      ${value('text')} as wording, ${value('textVersion')} as text_version, ${value('ip')} as ip, ${value('url')} as url,
      ${Prisma.raw(channel === 'email' ? 'email' : 'phone')} is not null as names_address
    from import_chunk
    where ${value('state')} is not null`
}

/** When a row's contact last gave a consent; null when the row speaks of none. */
export function consentedAt(consents: PlannedConsent[]): Prisma.Sql {
  if (consents.length === 0) return Prisma.sql`null::timestamptz`
  const grants = consents.map(
    (consent) =>
      Prisma.sql`case ${valueIn(consent, 'state')} when 'granted' then ${valueIn(consent, 'collectedAt')}::timestamptz end`,
  )
  return Prisma.sql`greatest(${Prisma.join(grants)})`
}

/** A consent recorded makes a contact a changed one. `since`: when this chunk began to write. */
export function markConsented(accountId: string, since: Date): Prisma.Sql {
  return Prisma.sql`
    update import_chunk
    set changed = true
    from consent
    where matched and not changed
      and consent.account_id = ${accountId}::uuid and consent.contact_id = import_chunk.contact_id
      and consent.changed_at >= ${since}::timestamptz(3)`
}
