import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import ts from 'typescript'

/** A regular expression as a source file has it. */
export interface Expression {
  /** `core/src/html.ts:12`. */
  where: string
  source: string
  flags: string
}

export interface Found {
  literals: Expression[]
  /** `RegExp(…)` of anything but a literal: what it will hold can only be argued. */
  made: { where: string; text: string }[]
}

const root = fileURLToPath(new URL('../../..', import.meta.url))

/** Every regular expression in these files, by the syntax tree: in comments and strings there are none. */
export async function expressionsIn(files: readonly string[]): Promise<Found> {
  const found: Found = { literals: [], made: [] }
  for (const file of files) collect(file, await readFile(`${root}/${file}`, 'utf8'), found)
  return found
}

export function collect(file: string, text: string, { literals, made }: Found): void {
  const parsed = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true)
  const whereIs = (node: ts.Node) =>
    `${file}:${parsed.getLineAndCharacterOfPosition(node.getStart(parsed)).line + 1}`
  const visit = (node: ts.Node): void => {
    if (ts.isRegularExpressionLiteral(node)) {
      const end = node.text.lastIndexOf('/')
      literals.push({
        where: whereIs(node),
        source: node.text.slice(1, end),
        flags: node.text.slice(end + 1),
      })
    }
    const isCall = ts.isNewExpression(node) || ts.isCallExpression(node)
    if (isCall && node.expression.getText(parsed) === 'RegExp') {
      const [source, flags] = node.arguments ?? []
      if (source !== undefined && ts.isStringLiteralLike(source) && (!flags || ts.isStringLiteralLike(flags)))
        literals.push({ where: whereIs(node), source: source.text, flags: flags?.text ?? '' })
      else made.push({ where: file, text: node.getText(parsed) })
    }
    ts.forEachChild(node, visit)
  }
  visit(parsed)
}

/** Every `pattern` of a JSON document of schemas, by where it stands. */
export function patternsIn(document: unknown, at = '#'): Expression[] {
  if (typeof document !== 'object' || document === null) return []
  return Object.entries(document).flatMap(([key, value]) => [
    ...(key === 'pattern' && typeof value === 'string' ? [{ where: at, source: value, flags: 'u' }] : []),
    ...patternsIn(value, `${at}/${key}`),
  ])
}
