import type { SegmentRule } from '@envoi/openapi'
import type { Prisma } from '@envoi/prisma'
import type { Context } from '../context.ts'
import { DomainError, type FieldProblem } from '../errors.ts'
import { ruleProblems } from './rule-problems.ts'
import { loadReferences } from './rule-references.ts'
import { ruleSql } from './rule-sql.ts'

/** Where the rule is in what the caller sent, and the segment it is of, if it has one yet. */
export interface RulePlace {
  /** JSON pointer; `/rule` unless said. */
  pointer?: string
  self?: string
  /** Rules of segments, by id, that count instead of what they say now. */
  approved?: Record<string, SegmentRule>
}

/** What is wrong with a rule that has the shape of one; nothing when it can be saved. */
export async function checkRule(
  context: Context,
  rule: SegmentRule,
  place: RulePlace = {},
): Promise<FieldProblem[]> {
  return ruleProblems(rule, await loadReferences(context, rule), place)
}

/**
 * Turns a rule into a condition on alias `c` of table `contact`, limited to the account, to be put into a tagged query:
 * ``db.$queryRaw`select c.id from contact c where ${condition} order by c.id limit 1000` ``. Durations count back from the
 * context's clock at this moment.
 *
 * Checks the rule again, for what a saved one names may be gone since: better no segment than one that says another thing.
 * @throws DomainError `invalid` with a pointer to each problem
 */
export async function compileRule(
  context: Context,
  rule: SegmentRule,
  place: RulePlace = {},
): Promise<Prisma.Sql> {
  const references = await loadReferences(context, rule, place.approved)
  const fields = ruleProblems(rule, references, place)
  if (fields.length > 0) {
    const [first] = fields
    throw new DomainError('invalid', { detail: first && `${first.pointer} ${first.detail}`, fields })
  }
  return ruleSql(rule, references, { accountId: context.accountId, now: context.clock.now() })
}
