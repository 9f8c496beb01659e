import { type Channel, Prisma } from '@envoi/prisma'
import { recordConsents } from '../consents/record-consents.ts'
import type { Context } from '../context.ts'
import type { DraftedConsent } from './contact-draft.ts'

/** The consents that came with an item, and whose they are. */
export interface ConsentsOfItem {
  contactId: string
  consents: DraftedConsent[]
  /** The channels whose address the item says itself: an older proof counts for those. */
  named: Record<Channel, boolean>
}

interface Row extends DraftedConsent {
  contactId: string
  namesAddress: boolean
  item: number
  index: number
}

/**
 * Records the consents that came with contacts, which are locked by then. As many statements as a contact has consents at most,
 * since one takes no more than one of each; in the order in which they came. Returns, for each item, which of its consents are
 * older than the person's no, and were not recorded.
 */
export async function writeConsents(tx: Context, items: ConsentsOfItem[]): Promise<number[][]> {
  const outdated = items.map((): number[] => [])
  for (const rows of rounds(items)) {
    const late = new Set((await recordConsents(tx, rowsOf(rows))).outdatedContacts)
    for (const { contactId, item, index } of rows) if (late.has(contactId)) outdated[item]?.push(index)
  }
  return outdated
}

/** Rows by turns, each with at most one of a contact. */
function rounds(items: ConsentsOfItem[]): Row[][] {
  const turns: Row[][] = []
  const taken = new Map<string, number>()
  items.forEach(({ contactId, consents, named }, item) => {
    consents.forEach((consent, index) => {
      const turn = taken.get(contactId) ?? 0
      taken.set(contactId, turn + 1)
      turns[turn] ??= []
      turns[turn].push({ ...consent, contactId, namesAddress: named[consent.channel], item, index })
    })
  })
  return turns
}

function rowsOf(rows: Row[]): Prisma.Sql {
  const json = JSON.stringify(
    rows.map(({ contactId, namesAddress, purposeId, channel, state, proof }) => ({
      contactId,
      namesAddress,
      purposeId,
      channel,
      state,
      ...proof,
    })),
  )
  return Prisma.sql`
    select
      "contactId" as contact_id, "purposeId" as purpose_id, channel, state, source, "collectedAt" as collected_at, wording,
      "textVersion" as text_version, ip, url, "namesAddress" as names_address
    from json_to_recordset(${json}::json) as row (
      "contactId" uuid, "purposeId" uuid, channel channel, state consent_state, source text, "collectedAt" timestamptz,
      wording text, "textVersion" text, ip text, url text, "namesAddress" boolean
    )`
}
