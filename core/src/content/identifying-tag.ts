/** Tags that only the compiler writes (see identifying-addresses.ts): what they enclose is personal, and passes a gate. */
import {
  type Context,
  type Emitter,
  type Liquid,
  Tag,
  type TagToken,
  type Template,
  type TopLevelToken,
} from 'liquidjs'
import { hasHost, isLinkLike } from './link-like.ts'
import { REGISTER, type TrackingRegister } from './tracking-tags.ts'

export const ADDRESS_TAG = 'envoi_address'
export const MARKUP_TAG = 'envoi_markup'
export const WITHHELD_TAG = 'envoi_withheld'
export const UNLINKED_TAG = 'envoi_unlinked'

export function registerIdentifyingTags(liquid: Liquid): void {
  liquid.registerTag(ADDRESS_TAG, AddressTag)
  liquid.registerTag(MARKUP_TAG, MarkupTag)
  liquid.registerTag(WITHHELD_TAG, WithheldTag)
  liquid.registerTag(UNLINKED_TAG, UnlinkedTag)
}

/** Whether a message may hold what tells who reads it: the gate of our own pixel and links, and theirs (decision 13). */
function mayIdentify(context: Context): boolean {
  const register = context.getRegister<Partial<TrackingRegister> | undefined>(REGISTER)
  return register?.tracking?.mode === 'individual'
}

abstract class Enclosing extends Tag {
  protected readonly templates: Template[] = []
  protected readonly names: string[]

  constructor(token: TagToken, remainTokens: TopLevelToken[], liquid: Liquid) {
    super(token, remainTokens, liquid)
    this.names = token.args.split(' ').filter(Boolean).map(decodeURIComponent)
    for (let next = remainTokens.shift(); next; next = remainTokens.shift()) {
      if ('name' in next && next.name === `end${token.name}`) return
      this.templates.push(liquid.parser.parseToken(next, remainTokens))
    }
    throw new Error(`${token.name} is not closed`)
  }
}

/**
 * `{% envoi_address a b %}https://…?e={{ contact.email }}{% endenvoi_address %}`: without the gate, as for somebody of whom
 * nothing is known.
 */
class AddressTag extends Enclosing {
  *render(context: Context, emitter: Emitter): Generator<unknown, void, string> {
    if (mayIdentify(context)) {
      emitter.write(yield this.liquid.renderer.renderTemplates(this.templates, context))
      return
    }
    const nobody = { contact: {}, data: {}, unsubscribeUrl: '', preferencesUrl: '', viewUrl: '' }
    context.push({ ...nobody, ...Object.fromEntries(this.names.map((name) => [name, ''])) })
    try {
      emitter.write(yield this.liquid.renderer.renderTemplates(this.templates, context))
    } finally {
      context.pop()
    }
  }
}

/** Around markup that comes out of a contact's data: without the gate, only what gives words a form is left of it. */
class MarkupTag extends Enclosing {
  *render(context: Context, emitter: Emitter): Generator<unknown, void, string> {
    const markup = yield this.liquid.renderer.renderTemplates(this.templates, context)
    emitter.write(mayIdentify(context) ? markup : unlinked(plainMarkup(String(markup))))
  }
}

/** Around a value of the contact in running text: without the gate, an address that it holds is no link. */
class UnlinkedTag extends Enclosing {
  *render(context: Context, emitter: Emitter): Generator<unknown, void, string> {
    const text = yield this.liquid.renderer.renderTemplates(this.templates, context)
    emitter.write(mayIdentify(context) ? text : unlinked(String(text)))
  }
}

/** Around a fixed address that is there for some contacts only: without the gate it is left out, or is no address any more. */
class WithheldTag extends Enclosing {
  *render(context: Context, emitter: Emitter): Generator<unknown, void, string> {
    const [instead] = this.names
    const isShown = mayIdentify(context)
    if (!isShown && instead !== 'unlinked') {
      if (instead === 'link') emitter.write('#')
      return
    }
    const written = yield this.liquid.renderer.renderTemplates(this.templates, context)
    emitter.write(isShown ? written : broken(String(written)))
  }
}

/** Mail programs make no link of a name with a zero width non-joiner. */
const broken = (text: string) => text.replace(/\.(?=\S)/g, '.\u200c')

/** Names are written otherwise: `Jean.Dupont`. */
const topLike = /\.(?:[a-z]{2,24}|[A-Z]{2,24})(?!\p{L})/u

/** Words that mail programs make links of, without the links; addresses of mail stay. */
const unlinked = (text: string) =>
  text.replace(/[^\s<>"]+/g, (word) => {
    if (!isLinkLike(word) && !(topLike.test(word) && hasHost(word))) return word
    return broken(word).replaceAll('//', '/\u200c/')
  })

const forms = new Set(
  'b br blockquote code em h1 h2 h3 h4 h5 h6 hr i li ol p pre s small strong sub sup table tbody td th thead tr u ul'.split(
    ' ',
  ),
)

/** Tags without attributes, of elements that load nothing. */
function plainMarkup(markup: string): string {
  return markup.replace(/<(\/?)([a-z][a-z0-9]*)?[^>]*>?/gi, (_, slash: string, name: string | undefined) =>
    name !== undefined && forms.has(name.toLowerCase()) ? `<${slash}${name}>` : '',
  )
}
