import { recordAudit } from '../audit/record-audit.ts'
import type { Context } from '../context.ts'
import type { ValueProblem } from './contact-draft.ts'
import type { ContactInput } from './contact-input.ts'
import { loadContactRules } from './contact-rules.ts'
import { draftContact } from './draft-contact.ts'
import { retryOvertaken } from './retry-overtaken.ts'
import { type Outcome, writeContacts } from './write-contacts.ts'

/**
 * Creates and changes many contacts in one transaction and a handful of statements; one result per item, in order. A
 * contact named twice is written once, with what both say. Items that are refused leave the others as they are.
 */
export async function upsertContacts(
  context: Context,
  inputs: ContactInput[],
  onConflict: 'update' | 'skip',
): Promise<Outcome[]> {
  const rules = await loadContactRules(context, inputs)
  const drafted = inputs.map((input) => draftContact(input, rules))
  const sound = drafted.filter(({ problems }) => problems.length === 0).map(({ draft }) => draft)
  return retryOvertaken(context, async (tx) => {
    const written = (await writeContacts(tx, sound, { matchBy: 'any', onConflict })).values()
    const outcomes = drafted.map(({ problems }, index) => {
      const outcome = problems.length > 0 ? rejected(problems) : (written.next().value ?? rejected([]))
      if (outcome.problems === undefined) return outcome
      return { ...outcome, problems: outcome.problems.slice(0, mostTold).map(within(index)) }
    })
    await recordAudit(tx, { counts: countByStatus(outcomes) })
    return outcomes
  })
}

/** As many of one item as anybody reads: there may be 5,000 such items. */
const mostTold = 10
const rejected = (problems: ValueProblem[]): Outcome => ({ status: 'rejected', problems })
const within = (index: number) => (problem: ValueProblem) => ({
  ...problem,
  pointer: `/contacts/${index}${problem.pointer}`,
})

function countByStatus(outcomes: Outcome[]): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const { status } of outcomes) counts[status] = (counts[status] ?? 0) + 1
  return counts
}
