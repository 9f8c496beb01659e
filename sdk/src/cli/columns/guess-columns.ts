import { type ConsentState, type Exporter, exporters } from './exporters.ts'

export interface GuessedColumns {
  /** Whose they are. */
  from: string
  columns: Record<string, string>
  exporter?: Exporter
}

/** What a column may become under its own name. */
const ownNames =
  /^(email|phone|externalId|firstName|lastName|locale|timezone|attributes\..{1,64}|consents\..{1,64}\.(email|sms)\.(state|collectedAt|source|text|textVersion|ip|url))$/

interface GivenConsent {
  purpose: string
  channel: string
  state: ConsentState | undefined
}

/**
 * What the columns of a file are, by their headers: those of a known exporter, or Envoi's own names. undefined when it is neither: a
 * wrong guess would put data where it does not belong. What has no place is ignored by its name, so that it can be seen.
 */
export function guessColumns(names: string[], consents: GivenConsent[]): GuessedColumns | undefined {
  const known = names.filter((name) => name !== '')
  if (known.length > 0 && known.every((name) => ownNames.test(name)))
    return {
      from: 'columns under their own names',
      columns: Object.fromEntries(known.map((name) => [name, name])),
    }
  const exporter = exporters.find(({ signature }) => signature.every((name) => known.includes(name)))
  if (exporter === undefined) return undefined
  const evidence = evidenceColumns(exporter, consents)
  const taken = new Set<string>()
  const target = (name: string) => {
    const place = own(exporter.columns, name) ?? own(evidence, name)
    // of two columns for one thing, the first that the exporter is known by
    if (place === undefined || taken.has(place)) return 'ignore'
    taken.add(place)
    return place
  }
  // in the order of the exporter, so that what comes first there wins
  const order = [...Object.keys(exporter.columns), ...known]
  const ordered = [...new Set(order)].filter((name) => known.includes(name))
  const targets = new Map(ordered.map((name) => [name, target(name)]))
  return {
    from: exporter.name,
    columns: Object.fromEntries(known.map((name) => [name, targets.get(name) ?? 'ignore'])),
    exporter,
  }
}

/** A column can be the evidence of one consent: with several by email it is not known of which. */
function evidenceColumns({ evidence }: Exporter, consents: GivenConsent[]): Record<string, string> {
  const byEmail = consents.filter(({ channel }) => channel === 'email')
  const [only] = byEmail
  if (only?.state === undefined || byEmail.length > 1) return {}
  return Object.fromEntries(
    Object.entries(evidence?.[only.state] ?? {}).map(([header, part]) => [
      header,
      `consents.${only.purpose}.email.${part}`,
    ]),
  )
}

const own = (record: Record<string, string>, name: string) =>
  Object.hasOwn(record, name) ? record[name] : undefined
