import type { ConsentSeal } from '@envoi/prisma'
import type { Context } from '../context.ts'
import { type Difference, differences, type Leaf, unpackLeaves } from '../seals/leaves.ts'
import { breakInHeads, readRecordedHeads, readSmallHeads } from '../seals/recorded-heads.ts'
import type { LedgerBreak } from './ledger-break.ts'
import { leavesOf, sealHash, tombstoneProofs } from './ledger-seal.ts'

export interface SealedLedger {
  /** Lines that were sealed and hold, up to the first break; those that were erased are among `erased`. */
  sealed: number
  erased: number
  firstBreak: LedgerBreak | null
}

/** Compares every line of the account with its seal, and the end of the seals with what was recorded of it elsewhere. */
export async function verifySeals(context: Context): Promise<SealedLedger> {
  const once = await verifyAll(context)
  // the very first head may just have been on its way to where it is recorded
  return once.firstBreak?.problem === 'head_missing' ? verifyAll(context) : once
}

async function verifyAll(context: Context): Promise<SealedLedger> {
  const recorded = await readRecordedHeads(context, 'consents')
  const counts = { sealed: 0, erased: 0 }
  let last = null as ConsentSeal | null
  for (;;) {
    const seal: ConsentSeal | null = await context.db.consentSeal.findFirst({
      where: { ...context.scope, sequence: { gt: last?.sequence ?? 0 } },
      orderBy: { sequence: 'asc' },
    })
    if (seal === null) break
    const { firstBreak, erased } = await verifySeal(context, seal, last)
    counts.erased += erased
    if (firstBreak !== null) return { ...counts, firstBreak }
    counts.sealed += seal.lines - erased
    last = seal
  }
  const end = last?.sequence ?? 0
  const found = await breakInHeads(context, end, recorded)
  return { ...counts, firstBreak: found === null ? null : { ...nobody, ...found } }
}

const nobody = { contactId: null, sequence: null, lineId: null }

async function verifySeal(
  context: Context,
  seal: ConsentSeal,
  previous: ConsentSeal | null,
): Promise<{ erased: number; firstBreak: LedgerBreak | null }> {
  const broken = (problem: LedgerBreak['problem'], erased = 0) => ({
    erased,
    firstBreak: { ...nobody, seal: seal.sequence, problem },
  })
  if (seal.sequence !== (previous?.sequence ?? 0) + 1) return broken('seal_missing')
  const leaves = unpackLeaves(seal.leaves)
  const isSound =
    leaves.length === seal.lines &&
    seal.total === (previous?.total ?? 0n) + BigInt(seal.lines) &&
    sealHash(context, seal, previous?.hash ?? null).equals(seal.hash)
  if (!isSound) return broken('seal_changed')
  const stored = await context.db.consentEvent.findMany({
    where: { ...context.scope, id: { lte: seal.toId, ...(previous === null ? {} : { gt: previous.toId }) } },
    orderBy: { id: 'asc' },
    select: { id: true, hash: true },
  })
  const found = differences(leaves, leavesOf(context, stored))
  const missing = new Set(found.flatMap(({ is, id }) => (is === 'missing' ? [id] : [])))
  const erased = await findErased(
    context,
    leaves.filter(({ id }) => missing.has(id)),
  )
  const first = found.find(({ is, id }) => is !== 'missing' || !erased.has(id))
  if (first === undefined) return { erased: erased.size, firstBreak: null }
  return { erased: erased.size, firstBreak: await nameLine(context, seal.sequence, first) }
}

/** Which of the lines that are not there any more were erased by the platform. */
async function findErased(context: Context, leaves: Leaf[]): Promise<ReadonlySet<string>> {
  if (leaves.length === 0) return new Set()
  const tombstones = await context.db.consentTombstone.findMany({
    where: { ...context.scope, id: { in: leaves.map(({ id }) => id) } },
  })
  const proofs = new Map(tombstones.map(({ id, proof }) => [id, Buffer.from(proof)]))
  const wanted = tombstoneProofs(context, leaves)
  const erased = leaves.filter(({ id }, index) => {
    const proof = wanted[index]
    return proof !== undefined && proofs.get(id)?.equals(proof) === true
  })
  return new Set(erased.map(({ id }) => id))
}

const problems = { changed: 'line_changed', missing: 'line_removed', inserted: 'line_inserted' } as const

/** Whose a removed line was, the seal does not tell: it keeps nothing that leads to a person. */
async function nameLine(context: Context, seal: number, { id, is }: Difference): Promise<LedgerBreak> {
  const line = await context.db.consentEvent.findUnique({
    where: { accountId_id: { ...context.scope, id } },
    select: { contactId: true, sequence: true },
  })
  const where = { contactId: line?.contactId ?? null, sequence: line?.sequence ?? null }
  return { ...where, lineId: id, seal, problem: problems[is] }
}

/** The lines of one contact: each that is old enough must be in its seal, as it is. */
export async function verifySealedLines(context: Context, contactId: string): Promise<LedgerBreak | null> {
  const { accountId } = context
  const end = await verifyEnd(context)
  if (end !== null) return { ...nobody, ...end }
  const lines = await context.db.$queryRaw<
    { id: string; sequence: number; hash: Uint8Array; seal: number; sealed: Uint8Array | null }[]
  >`
    select
      line.id, line.sequence, line.hash, seal.sequence as seal,
      substring(seal.leaves from nullif(position(uuid_send(line.id) in seal.leaves), 0) + 16 for 32) as sealed
    from consent_event as line
    cross join lateral (
      select sequence, leaves from consent_seal
      where account_id = ${accountId}::uuid and to_id >= line.id
      order by to_id
      limit 1
    ) as seal
    where line.account_id = ${accountId}::uuid and line.contact_id = ${contactId}::uuid
    order by line.sequence`
  const wanted = leavesOf(context, lines)
  for (const [index, { id, sequence, seal, sealed }] of lines.entries()) {
    if (sealed === null) return { contactId, sequence, lineId: id, seal, problem: 'line_inserted' }
    if (wanted[index]?.hash.equals(sealed) !== true)
      return { contactId, sequence, lineId: id, seal, problem: 'line_changed' }
  }
  return null
}

/**
 * Whether the ledger of the account still ends where it was recorded to. A line after the last seal counts as one that is not
 * sealed yet: without the last seal, or with one that says to end earlier, a line that was changed would pass for a new one.
 */
async function verifyEnd(context: Context): Promise<Pick<LedgerBreak, 'seal' | 'problem'> | null> {
  const recorded = await readSmallHeads(context, 'consents')
  const [last, previous] = await context.db.consentSeal.findMany({
    where: context.scope,
    orderBy: { sequence: 'desc' },
    take: 2,
  })
  if (last !== undefined && !sealHash(context, last, previous?.hash ?? null).equals(last.hash))
    return { seal: last.sequence, problem: 'seal_changed' }
  return breakInHeads(context, last?.sequence ?? 0, recorded)
}
