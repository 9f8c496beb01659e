/**
 * Judges regular expressions. Most of a minute for all of them: what was found out about an expression is kept for the next
 * run, under a hash of the expression, of the judge's version and of its effort, so that a change of any of them is judged anew.
 */
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { checkSync } from 'recheck'
import type { Expression } from './regular-expressions.ts'

// its other back ends want Java, or a binary that not every machine can run
process.env.RECHECK_BACKEND = 'pure'

/**
 * It proves most by an automaton; where counts are too large for one it tries attacks. They are bounded by steps rather than by time, so
 * that a busy machine comes to the same verdict.
 */
const effort = {
  timeout: 120_000,
  accelerationMode: 'off',
  attackTimeout: null,
  incubationTimeout: null,
  randomSeed: 1,
  maxIteration: 3,
  incubationLimit: 5_000,
  attackLimit: 500_000,
  maxAttackStringLength: 20_000,
  maxGenerationSize: 30,
  maxInitialGenerationSize: 60,
} as const

/** What is wrong with an expression; null when its time is linear. */
type Verdict = string | null

function judge({ source, flags }: Pick<Expression, 'source' | 'flags'>): Verdict {
  const found = checkSync(source, flags, effort)
  if (found.status === 'safe') return null
  return found.status === 'vulnerable' ? found.complexity.summary : `unknown: ${found.error.kind}`
}

const file = fileURLToPath(
  new URL('../../../node_modules/.cache/envoi/regular-expressions.json', import.meta.url),
)
const { version } = createRequire(import.meta.url)('recheck/package.json') as { version: string }

/** What each verdict depends on, besides the machine. */
export const verdictKey = ({ source, flags }: Pick<Expression, 'source' | 'flags'>) =>
  createHash('sha256')
    .update(JSON.stringify([version, effort, source, flags]))
    .digest('hex')

/**
 * Which of some expressions are not linear, and what is wrong with them. The same pattern stands in many places of the
 * contract, and some in several files. Only verdicts of before are kept; that none was reached is none.
 */
export function slowOnes(expressions: readonly Expression[], how?: 'judged anew'): string[] {
  const known: Record<string, Verdict> =
    how === undefined && existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : {}
  const before = Object.keys(known).length
  const distinct = new Map(expressions.map((one) => [`/${one.source}/${one.flags}`, one]))
  const slow = [...distinct].flatMap(([text, one]) => {
    const key = verdictKey(one)
    const wrong = key in known ? (known[key] ?? null) : judge(one)
    if (!wrong?.startsWith('unknown')) known[key] = wrong
    return wrong === null ? [] : [`${one.where} ${text}: ${wrong}`]
  })
  if (how === undefined && Object.keys(known).length > before) {
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(file, JSON.stringify(known))
  }
  return slow
}
