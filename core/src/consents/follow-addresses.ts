import type { Prisma } from '@envoi/prisma'
import type { Context } from '../context.ts'
import { carrySuppressions } from '../suppressions/carry-suppressions.ts'
import { lapseConsentsSql, lapseTrackingSql, type Move, readMovesSql } from './follow-addresses.sql.ts'

/**
 * Writes addresses of contacts, and what follows from that (docs/decisions/0049): a yes was given for an address and does not
 * go to another, a no was said by the person and does. Every path that changes the email or the phone of contacts that exist
 * goes through here, in its transaction. `rows` and `blank`: see `readMovesSql`; `write` writes them.
 */
export async function followAddresses(
  tx: Context,
  rows: Prisma.Sql,
  blank: 'clears' | 'keeps',
  write: () => Promise<unknown>,
): Promise<void> {
  const moves = await tx.db.$queryRaw<Move[]>(readMovesSql(tx, rows, blank))
  await write()
  if (moves.length === 0) return
  const moved = (channel?: Move['channel']) => [
    ...new Set(moves.filter((one) => !channel || one.channel === channel).map(({ contactId }) => contactId)),
  ]
  await tx.db.$executeRaw(lapseTrackingSql(tx, moved('email')))
  let turns = Number.POSITIVE_INFINITY
  while (turns > 1) {
    const [lapsed] = await tx.db.$queryRaw<{ turns: number }[]>(lapseConsentsSql(tx, moved()))
    turns = lapsed?.turns ?? 0
  }
  await carrySuppressions(tx, moves)
}
