import { type Context, type Emitter, Output, type Template, TypeGuards } from 'liquidjs'
import type { LiquidMode } from './liquid.ts'

/**
 * liquidjs evaluates everything by generators, some 4 µs for `{{ contact.firstName }}`; a message has dozens. Most of a template needs
 * none of that: text, and own properties of what the message is given, perhaps with a default. Those are replaced by templates that
 * give the same result directly; whatever turns out not to be as plain (a number, an array, another filter) goes to liquidjs as
 * before. Only the top level is looked at, where no loop's variable can hide a name.
 */
export function flatten(mode: LiquidMode, source: string, templates: Template[]): Template[] {
  const locals = new Set(Array.from(source.matchAll(ASSIGNMENT), ([, name]) => name))
  return templates.map((template) => {
    const { token } = template
    if (TypeGuards.isHTMLToken(token)) return new PlainText(template, token.getContent())
    const plain = template instanceof Output ? readPlain(template, mode) : null
    return plain && !locals.has(plain.path[0] ?? '') ? new PlainOutput(template, plain, mode) : template
  })
}

/** Names a template gives a value itself; too many are found rather than too few. */
const ASSIGNMENT = /(?:assign|capture|increment|decrement)\s+['"]?([\w-]+)/g

interface Plain {
  path: string[]
  /** What stands for an empty value. */
  otherwise: string
}

/** liquidjs gives these a meaning on values that do not have them. */
const COMPUTED = new Set(['size', 'first', 'last'])

/** The path of `{{ a.b }}` or `{{ a.b | default: "c" }}`; null for anything else. */
function readPlain({ value: { initial, filters } }: Output, mode: LiquidMode): Plain | null {
  const [access, more] = initial.postfix
  if (!access || more || !TypeGuards.isPropertyAccessToken(access) || access.variable) return null
  const path: string[] = []
  for (const property of access.props) {
    if (!TypeGuards.isWordToken(property) || COMPUTED.has(property.content)) return null
    path.push(property.content)
  }
  if (filters.some(({ raw }) => raw)) return null
  // In HTML, liquidjs adds the escaping of outputs as a last filter.
  const written = mode === 'html' ? filters.slice(0, -1) : filters
  if (written.length === 0) return { path, otherwise: '' }
  const [only, second] = written
  const [argument, extra] = only?.args ?? []
  if (only?.name !== 'default' || second || extra || !argument || Array.isArray(argument)) return null
  return TypeGuards.isQuotedToken(argument) ? { path, otherwise: argument.content } : null
}

class PlainText implements Template {
  readonly token: Template['token']
  private readonly text: string

  constructor({ token }: Template, text: string) {
    this.token = token
    this.text = text
  }

  render(_: Context, emitter: Emitter): void {
    emitter.write(this.text)
  }
}

class PlainOutput implements Template {
  readonly token: Template['token']
  private readonly path: readonly string[]
  private readonly otherwise: string
  private readonly isHtml: boolean
  private readonly original: Template

  constructor(original: Template, { path, otherwise }: Plain, mode: LiquidMode) {
    this.token = original.token
    this.path = path
    this.otherwise = otherwise
    this.isHtml = mode === 'html'
    this.original = original
  }

  render(context: Context, emitter: Emitter): unknown {
    let value: unknown = context.environments
    for (const name of this.path) value = ownProperty(value, name)
    const text = value === undefined || value === null || value === '' ? this.otherwise : value
    if (typeof text !== 'string') return this.original.render(context, emitter)
    emitter.write(this.isHtml ? escapeHtml(text) : text)
  }
}

function ownProperty(value: unknown, name: string): unknown {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return undefined
  return Reflect.get(value, name)
}

const ENTITIES: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&#34;',
  "'": '&#39;',
}

/** What liquidjs's `escape` does. */
function escapeHtml(text: string): string {
  return /[&<>"']/.test(text)
    ? text.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? character)
    : text
}
