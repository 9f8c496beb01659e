import { decodeHTMLAttribute, escapeAttribute } from 'entities'
import {
  type Context,
  type Emitter,
  type Liquid,
  Tag,
  type TagToken,
  type Template,
  type TopLevelToken,
} from 'liquidjs'
import { redirectable } from '../tracking/token.ts'

/** Tags that only the compiler writes: an author's template is checked by an engine that does not know them. */
export const LINK_TAG = 'envoi_link'
export const LINK_TAG_END = 'endenvoi_link'
export const OPEN_TAG = 'envoi_open'

/** A link of a compiled content whose click may be tracked. Its index is its place in the content. */
export interface CompiledLink {
  index: number
  /** The href as written, Liquid included. */
  href: string
  /** Where a click redirects; null when only rendering tells. */
  target: string | null
  /** The target is the same for every recipient: only these are tracked in aggregate, or the URL would tell people apart. */
  shared: boolean
  /** Whether it is in a message depends on the contact: without the gate of identifying-tag.ts it leads nowhere. */
  isConditional?: boolean
}

/** How one message is tracked, decided per recipient. */
export type Tracking =
  | { mode: 'off' }
  | {
      /** `aggregate`: URLs are the same for everybody; `individual`: they say who (needs the contact's consent). */
      mode: 'aggregate' | 'individual'
      /** Gives the URL that stands for a link; without it, clicks are not tracked. */
      clickUrl?: (linkIndex: number, targetUrl: string) => string
      /** The address of the pixel; without it, opens are not tracked. */
      openUrl?: string
    }

/** What our tags need while a message is rendered, in Liquid's registers, which templates cannot read. */
export interface TrackingRegister {
  tracking: Tracking
  links: readonly CompiledLink[]
  /** Addresses that are never tracked. */
  ownUrls: readonly string[]
}

export const REGISTER = 'envoi'

export function registerTrackingTags(liquid: Liquid): void {
  liquid.registerTag(LINK_TAG, LinkTag)
  liquid.registerTag(OPEN_TAG, OpenTag)
}

/** Schemes that run what they hold; a contact's data must not become code in the page that shows a message in the browser. */
const ACTIVE_SCHEME = /^(javascript|vbscript|data):/i

/** `{% envoi_link 3 %}https://shop.example/{% endenvoi_link %}` around the value of an href. */
class LinkTag extends Tag {
  private readonly index: number
  private readonly templates: Template[] = []

  constructor(token: TagToken, remainTokens: TopLevelToken[], liquid: Liquid) {
    super(token, remainTokens, liquid)
    this.index = Number(token.args)
    for (let next = remainTokens.shift(); next; next = remainTokens.shift()) {
      if ('name' in next && next.name === LINK_TAG_END) return
      this.templates.push(liquid.parser.parseToken(next, remainTokens))
    }
    throw new Error(`${LINK_TAG} is not closed`)
  }

  render(context: Context, emitter: Emitter): unknown {
    const register = context.getRegister<TrackingRegister>(REGISTER)
    const link = register.links[this.index]
    if (!link) throw new Error(`link ${this.index} was not compiled`)
    if (link.target === null) return this.renderAddress(context, emitter, register, link)
    if (link.isConditional && register.tracking.mode !== 'individual') {
      emitter.write('#')
      return
    }
    const clickUrl = clickUrlOf(register.tracking)
    emitter.write(clickUrl ? escapeAttribute(clickUrl(link.index, link.target)) : link.href)
  }

  /** For a target that holds Liquid: liquidjs runs generators, and static targets do without. */
  private *renderAddress(
    context: Context,
    emitter: Emitter,
    { tracking, ownUrls }: TrackingRegister,
    link: CompiledLink,
  ): Generator<unknown, void, string> {
    const href = yield this.liquid.renderer.renderTemplates(this.templates, context)
    const address = decodeHTMLAttribute(href).trim()
    // Browsers drop tabs, line breaks and leading control characters from a URL before they read its scheme.
    // Nothing is left of an address that was all the contact's (identifying-tag.ts): it must not lead to where the message is shown.
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
    if (address === '' || ACTIVE_SCHEME.test(address.replace(/[\u0000-\u0020]/g, ''))) {
      emitter.write('#')
      return
    }
    const clickUrl = clickUrlOf(tracking)
    const isTracked =
      clickUrl && (tracking.mode === 'individual' || link.shared) && !ownUrls.includes(address)
    const target = isTracked ? redirectable(address) : null
    emitter.write(clickUrl && target !== null ? escapeAttribute(clickUrl(link.index, target)) : href)
  }
}

function clickUrlOf(tracking: Tracking) {
  return tracking.mode === 'off' ? undefined : tracking.clickUrl
}

/** The slot of the open pixel. */
class OpenTag extends Tag {
  render(context: Context, emitter: Emitter): void {
    const { tracking } = context.getRegister<TrackingRegister>(REGISTER)
    if (tracking.mode === 'off' || !tracking.openUrl) return
    const src = escapeAttribute(tracking.openUrl)
    emitter.write(
      `<img src="${src}" alt="" width="1" height="1" style="display:block;width:1px;height:1px;border:0">`,
    )
  }
}
