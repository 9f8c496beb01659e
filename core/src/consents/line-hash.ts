import { createHash } from 'node:crypto'

/** A line of the ledger as Postgres writes it in JSON. */
export interface LineRow {
  account_id: string
  id: string
  contact_id: string
  purpose_key: string
  channel: string | null
  state: string
  source: string
  collected_at: string
  text: string | null
  text_version: string | null
  ip: string | null
  url: string | null
  actor_type: string
  actor_id: string | null
  recorded_at: string
  /** Lines of before there were marks have none. */
  address_mark: string | null
  sequence: number
  previous_hash: string | null
  hash: string
}

/** The hash of a line as the function `envoi_consent_hash` of the database defines it, for where there is no database: an archive. */
export function lineHash(row: LineRow): Buffer {
  const texts = [row.purpose_key, row.source, row.text, row.text_version, row.ip, row.url, row.actor_type]
  const head = [
    row.previous_hash?.slice(2) ?? '',
    row.account_id,
    row.contact_id,
    row.id,
    row.sequence,
    row.channel ?? '',
    row.state,
    Date.parse(row.collected_at),
    Date.parse(row.recorded_at),
    row.actor_id ?? '',
    ...(row.address_mark === null ? [] : [`@${row.address_mark.slice(2)}`]),
    ...texts.map((text) => (text === null ? '' : Buffer.byteLength(text))),
  ]
  return createHash('sha256')
    .update(`${head.join(',')},${texts.map((text) => text ?? '').join('')}`)
    .digest()
}
