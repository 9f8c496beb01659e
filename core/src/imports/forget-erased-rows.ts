import type { CountryCode } from 'libphonenumber-js'
import { loadContactRules } from '../contacts/contact-rules.ts'
import { normalisePhone } from '../contacts/normalise.ts'
import type { Context } from '../context.ts'
import { emailsIn, numbersIn } from '../erasures/mentions.ts'
import { hasErased, type Identity, refusedByErasure } from '../erasures/refused-by-erasure.ts'
import { readingsOf } from '../erasures/spelled-text.ts'
import { transaction } from '../transaction.ts'

const rowsAtOnce = 1_000

/**
 * Empties the rejected rows of an import that are about a person erased on request: a file that is imported again must not bring
 * back, as an error, what was deleted. Rows refused for being malformed hold the address in any spelling, so it is looked for in
 * their text. Line, code and reason stay.
 */
export async function forgetErasedRows(context: Context, importId: string): Promise<void> {
  if (!(await hasErased(context))) return
  const { country } = await loadContactRules(context)
  for (let after = 0; ; ) {
    const last = await transaction(context, async (tx) => {
      const rows = await tx.db.importError.findMany({
        where: { ...tx.scope, importId, line: { gt: after } },
        orderBy: { line: 'asc' },
        take: rowsAtOnce,
      })
      const people = rows.flatMap((row) =>
        [...identitiesIn(row, country)].map((identity) => ({ line: row.line, identity })),
      )
      const erased = await refusedByErasure(
        tx,
        people.map(({ identity }) => identity),
      )
      const lines = people.filter((_, index) => (erased[index] ?? []).length > 0).map(({ line }) => line)
      await tx.db.importError.updateMany({
        where: { ...tx.scope, importId, line: { in: lines } },
        data: { row: '', email: null, phone: null, externalId: null },
      })
      return rows.at(-1)?.line
    })
    if (last === undefined) return
    after = last
  }
}

interface ErrorRow extends Identity {
  row: string
}

/** What a row was read as, and whatever in its text may be an address, a number or an id. */
function* identitiesIn(
  { row, email, phone, externalId }: ErrorRow,
  country: CountryCode | undefined,
): Iterable<Identity> {
  yield { email, phone, externalId }
  const readings = readingsOf(row)
  for (const { text } of readings) for (const found of emailsIn(text)) yield { email: found }
  for (const found of new Set(readings.flatMap(({ text }) => [...numbersIn(text)]))) {
    const number = normalisePhone(found, country)
    if (number.ok) yield { phone: number.value }
  }
  for (const cell of row.split(/[,;|\t\r\n"]/)) {
    const id = cell.trim()
    if (id !== '' && id.length <= 200) yield { externalId: id }
  }
}
