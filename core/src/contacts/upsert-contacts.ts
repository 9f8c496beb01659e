import { recordAudit } from '../audit/record-audit.ts'
import type { Context } from '../context.ts'
import type { ValueProblem } from './contact-draft.ts'
import { loadContactRules } from './contact-rules.ts'
import { type ContactInput, draftContact } from './draft-contact.ts'
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
  const rules = await loadContactRules(context)
  const drafted = inputs.map((input) => draftContact(input, rules))
  const sound = drafted.filter(({ problems }) => problems.length === 0).map(({ draft }) => draft)
  return retryOvertaken(context, async (tx) => {
    const written = (await writeContacts(tx, sound, { matchBy: 'any', onConflict })).values()
    const outcomes = drafted.map(({ problems }, index) => {
      const outcome = problems.length > 0 ? rejected(problems) : (written.next().value ?? rejected([]))
      return outcome.status === 'rejected' ? rejected(outcome.problems.map(within(index))) : outcome
    })
    await recordAudit(tx, { counts: countByStatus(outcomes) })
    return outcomes
  })
}

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
