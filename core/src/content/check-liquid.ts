import type { Liquid, Template } from 'liquidjs'
import {
  type ContentPart,
  type ContentWarning,
  offsetAt,
  type Position,
  positionAt,
} from './content-error.ts'
import { contentErrorOf, type LiquidToken, readLiquidTokens } from './liquid.ts'
import { runLiquid } from './run-liquid.ts'

/** The names a template may use; `data` and `attributes` are open unless the declared fields are given. */
const KNOWN: Record<string, readonly string[] | null> = {
  contact: [
    'id',
    'email',
    'phone',
    'externalId',
    'firstName',
    'lastName',
    'locale',
    'timezone',
    'attributes',
  ],
  account: ['id', 'name', 'locale', 'timezone', 'legal', 'dpo'],
  campaign: ['id', 'name'],
  data: null,
  unsubscribeUrl: [],
  preferencesUrl: [],
  viewUrl: [],
}

/** What is known of a part before it is rendered. */
export interface CheckedLiquid {
  templates: Template[]
  tokens: LiquidToken[]
  /** Roots of the variables it reads: `contact`, `unsubscribeUrl` … */
  variables: Set<string>
  warnings: ContentWarning[]
}

/**
 * Parses a part as its author wrote it, so that errors point into that source, and renders it once without data: a template that
 * runs into a limit by itself must not wait for a campaign to show it.
 */
export function checkLiquid(
  liquid: Liquid,
  part: ContentPart,
  source: string,
  fields: readonly string[] | undefined,
): CheckedLiquid {
  const tokens = readLiquidTokens(liquid, part, source)
  try {
    const templates = liquid.parse(source)
    runLiquid(liquid, part, templates, NO_DATA)
    const globals = globalVariables(liquid, source, tokens)
    return {
      templates,
      tokens,
      variables: new Set(globals.map(({ path }) => path[0] ?? '')),
      warnings: unknown(part, globals, fields),
    }
  } catch (error) {
    throw contentErrorOf(error, part)
  }
}

interface Variable {
  path: string[]
  position: () => Position
}

/**
 * The variables a template expects to be given. liquidjs counts lines from the start of the template for each one, which is quadratic,
 * so it gets the Liquid alone, without the text between.
 */
function globalVariables(liquid: Liquid, source: string, tokens: readonly LiquidToken[]): Variable[] {
  const starts: number[] = []
  let compact = ''
  for (const { begin, end } of tokens) {
    starts.push(compact.length)
    compact += source.slice(begin, end)
  }
  const { globals } = liquid.analyzeSync(liquid.parse(compact), { partials: false })
  return Object.values(globals)
    .flat()
    .map(({ segments, location }) => ({
      path: segments.map((segment) => (typeof segment === 'object' ? '*' : String(segment))),
      position: () => {
        const offset = offsetAt(compact, { line: location.row, column: location.col })
        const number = starts.findLastIndex((start) => start <= offset)
        return positionAt(source, (tokens[number]?.begin ?? 0) + offset - (starts[number] ?? 0))
      },
    }))
}

const MAX_WARNINGS = 50

/** One warning per name that nothing answers to, where it is first read. */
function unknown(
  part: ContentPart,
  variables: Variable[],
  fields: readonly string[] | undefined,
): ContentWarning[] {
  const warnings = new Map<string, ContentWarning>()
  for (const { path, position } of variables) {
    const name = path.join('.')
    if (warnings.size === MAX_WARNINGS || warnings.has(name) || isKnown(path, fields)) continue
    warnings.set(name, {
      code: 'unknown_variable',
      part,
      message: `nothing is called "${name}"`,
      ...position(),
    })
  }
  return [...warnings.values()]
}

const NO_DATA = { contact: { attributes: {} }, account: {}, campaign: {}, data: {} }

function isKnown([root = '', name, attribute]: string[], fields: readonly string[] | undefined): boolean {
  const names = Object.hasOwn(KNOWN, root) ? KNOWN[root] : undefined
  if (names === undefined) return false
  if (names === null || name === undefined || name === '*') return true
  if (!names.includes(name)) return false
  return (
    name !== 'attributes' ||
    attribute === undefined ||
    attribute === '*' ||
    (fields?.includes(attribute) ?? true)
  )
}
