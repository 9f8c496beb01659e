import { Prisma } from '@envoi/prisma'
import type { Context } from '../context.ts'
import {
  hasErased,
  holdOffErasures,
  type Newcomer,
  refusedByErasure,
} from '../erasures/refused-by-erasure.ts'
import { consentedAt } from './chunk-consents.sql.ts'
import type { PlannedConsent } from './import-plan.ts'

/**
 * Marks the rows of a chunk that would bring back a person who was erased on request (GDPR art. 17), unless they come with a
 * consent given after the erasure. Until the end of the transaction no erasure of this account can begin. Returns how many.
 *
 * The fingerprints are keyed, by a key the database does not hold: values must come here to be compared. Only what is new to
 * a contact does, and only in accounts that have erased somebody.
 */
export async function refuseErased(tx: Context, consents: PlannedConsent[]): Promise<number> {
  await holdOffErasures(tx)
  if (!(await hasErased(tx))) return 0
  const rows = await tx.db.$queryRaw<(Newcomer & { line: number })[]>`
    select
      line, nullif(import_chunk.email, contact.email) as email, nullif(import_chunk.phone, contact.phone) as phone,
      nullif(import_chunk.external_id, contact.external_id) as "externalId",
      ${consentedAt(consents)} as "consentedAt"
    from import_chunk
    left join contact
      on contact.account_id = ${tx.accountId}::uuid and contact.id = import_chunk.contact_id and matched
    where refusal is null`
  const erased = await refusedByErasure(tx, rows)
  const refused = rows.flatMap(({ line }, index) => {
    const names = erased[index] ?? []
    return names.length === 0
      ? []
      : [{ line, detail: `${names.join(', ')}: of a person who was erased on request` }]
  })
  if (refused.length === 0) return 0
  return tx.db.$executeRaw(Prisma.sql`
    update import_chunk
    set refusal = 'contact_erased', refusal_detail = detail
    from unnest(${refused.map(({ line }) => line)}::integer[], ${refused.map(({ detail }) => detail)}::text[])
      as erased (line, detail)
    where import_chunk.line = erased.line`)
}
