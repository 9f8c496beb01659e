import { isIP } from 'node:net'
import { recordAudit } from '../audit/record-audit.ts'
import { requireConsentsWrite } from '../consents/require-consents-write.ts'
import { isInFuture } from '../contacts/in-future.ts'
import { mayReveal } from '../contacts/mask.ts'
import { type Context, isTestMode } from '../context.ts'
import { DomainError, type FieldProblem } from '../errors.ts'
import { transaction } from '../transaction.ts'
import { type ConsentInput, planImport } from './import-plan.ts'

export interface NewImport {
  format: 'csv' | 'ndjson'
  columns: Record<string, string>
  delimiter?: string
  encoding?: string
  onConflict: 'update' | 'skip'
  origin: { source: string; detail?: string | null; collectedAt?: string | null }
  consents?: ConsentInput[]
  lists?: string[]
  dryRun?: boolean
}

/** Creates an import, which waits for its file. All that can be refused before the file is there is refused here. */
export async function createImport(context: Context, input: NewImport) {
  const { consents = [], lists = [] } = input
  if (consents.length > 0) requireConsentsWrite(context)
  const now = context.clock.now()
  const { problems } = await planImport(context, { ...input, consents })
  problems.push(...checkProof(input, now), ...(await unknownLists(context, lists)))
  if (problems.length > 0) {
    const detail = problems.map(({ pointer, detail }) => `${pointer} ${detail}.`)
    throw new DomainError('invalid', { detail: detail.slice(0, 3).join(' '), fields: problems })
  }
  return transaction(context, async (tx) => {
    const created = await tx.db.import.create({
      data: {
        ...tx.scope,
        id: tx.newId(),
        format: input.format,
        columns: input.columns,
        delimiter: input.delimiter ?? null,
        encoding: input.encoding ?? null,
        onConflict: input.onConflict,
        dryRun: input.dryRun ?? false,
        origin: { ...input.origin },
        consents: consents.map((consent) => ({ ...consent, evidence: { ...consent.evidence } })),
        lists,
        actorType: tx.actor.type,
        actorId: tx.actor.id,
        reveals: mayReveal(tx),
        testMode: isTestMode(tx),
        createdAt: now,
      },
    })
    await recordAudit(tx, { target: { type: 'import', id: created.id } })
    return created
  })
}

/** What of the origin and of the evidence cannot be true. */
function checkProof({ origin, consents = [] }: NewImport, now: Date): FieldProblem[] {
  const problems: FieldProblem[] = []
  const check = (
    value: string | null | undefined,
    isSound: (value: string) => boolean,
    pointer: string,
    detail: string,
  ) => {
    if (typeof value === 'string' && !isSound(value)) problems.push({ pointer, detail })
  }
  const isPast = (time: string) => !isInFuture(new Date(time), now)
  check(origin.collectedAt, isPast, '/origin/collectedAt', 'cannot be in the future')
  consents.forEach(({ evidence: { collectedAt, ip, url } }, index) => {
    const at = `/consents/${index}/evidence`
    check(collectedAt, isPast, `${at}/collectedAt`, 'cannot be in the future')
    check(ip, (address) => isIP(address) !== 0, `${at}/ip`, 'must be an IPv4 or IPv6 address')
    check(url, (address) => /^https?:/i.test(address), `${at}/url`, 'must be an http(s) address')
  })
  return problems
}

async function unknownLists(context: Context, lists: string[]): Promise<FieldProblem[]> {
  if (lists.length === 0) return []
  const known = await context.db.list.findMany({
    where: { ...context.scope, id: { in: lists } },
    select: { id: true },
  })
  const ids = new Set(known.map(({ id }) => id))
  return lists.flatMap((id, index) =>
    ids.has(id) ? [] : [{ pointer: `/lists/${index}`, detail: 'is not a list' }],
  )
}
