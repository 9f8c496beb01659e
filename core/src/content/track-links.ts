import { decodeHTMLAttribute } from 'entities'
import { Tokenizer } from 'htmlparser2'
import type { Liquid } from 'liquidjs'
import { redirectable } from '../tracking/token.ts'
import { ContentError, type ContentPart } from './content-error.ts'
import type { IdentifyingAddresses } from './identifying-addresses.ts'
import { LIMITS } from './limits.ts'
import { contentErrorOf } from './liquid.ts'
import { type Masked, rawRanges, unmaskLiquid, withoutMasks } from './mask-liquid.ts'
import { type CompiledLink, LINK_TAG, LINK_TAG_END, OPEN_TAG } from './tracking-tags.ts'

/** Links that Envoi itself serves: to count them would add a redirect and say nothing. */
const OWN_URLS = ['unsubscribeUrl', 'preferencesUrl', 'viewUrl']
/** What an output begins with. */
const OUTPUT = /\{\{-?\s*([\w-]+)/g
/** What is the same for all recipients of a campaign. */
const SHARED = ['account', 'campaign']

/**
 * Finds the links of an HTML with a real tokenizer and puts our Liquid tags around their addresses, and one for the open pixel
 * before `</body>`; and the `gates` that others have found. Says which of our own links there are. Nothing else is touched: what
 * is not tracked is sent byte for byte as written.
 */
export function trackLinks(
  liquid: Liquid,
  part: ContentPart,
  masked: Masked,
  { edits: gates, conditional }: Pick<IdentifyingAddresses, 'edits' | 'conditional'>,
) {
  const { markup } = masked
  const raw = rawRanges(markup, masked)
  const isRaw = (offset: number) => raw.some(({ begin, end }) => offset > begin && offset < end)
  const { anchors, untracked, bodyEnd } = readMarkup(markup)
  const hrefOf = ({ begin, end }: Range) => unmaskLiquid(markup.slice(begin, end), masked)

  const links: CompiledLink[] = []
  const ownLinks = new Set<string>()
  for (const range of [...anchors, ...untracked]) {
    if (isRaw(range.begin)) continue
    const names = Array.from(hrefOf(range).matchAll(OUTPUT), ([, name = '']) => name)
    const own = names.find((name) => OWN_URLS.includes(name))
    if (own !== undefined) ownLinks.add(own)
  }
  // a gate lies within the link whose address it is in: it opens after it and closes before it
  const edits: { offset: number; insert: string }[] = gates.filter(({ isEnd }) => isEnd)
  for (const { begin, end } of anchors) {
    const href = hrefOf({ begin, end })
    const link = isRaw(begin) ? null : readLink(liquid, part, href, links.length)
    if (!link) continue
    if (links.length === LIMITS.links) throw new ContentError(part, `more than ${LIMITS.links} links`)
    links.push(conditional.has(begin) ? { ...link, isConditional: true } : link)
    edits.push({ offset: begin, insert: `{% ${LINK_TAG} ${link.index} %}` })
    edits.push({ offset: end, insert: `{% ${LINK_TAG_END} %}` })
  }
  edits.push({
    offset: bodyEnd === null || isRaw(bodyEnd) ? markup.length : bodyEnd,
    insert: `{% ${OPEN_TAG} %}`,
  })

  edits.push(...gates.filter(({ isEnd }) => !isEnd))
  // The pixel may come before a link when links stand after </body>.
  edits.sort((a, b) => a.offset - b.offset)
  let source = ''
  let last = 0
  for (const { offset, insert } of edits) {
    source += markup.slice(last, offset) + insert
    last = offset
  }
  return { source: unmaskLiquid(source + markup.slice(last), masked), links, ownLinks }
}

function readLink(liquid: Liquid, part: ContentPart, href: string, index: number): CompiledLink | null {
  if (!href.includes('{{') && !href.includes('{%')) {
    const target = redirectable(decodeHTMLAttribute(href.trim()))
    return target === null ? null : { index, href, target, shared: true }
  }
  try {
    const { globals } = liquid.analyzeSync(liquid.parse(href), { partials: false })
    // A variable of a surrounding loop or assignment looks global here, and so counts as different for each recipient.
    const roots = Object.keys(globals)
    if (roots.some((root) => OWN_URLS.includes(root))) return null
    return { index, href, target: null, shared: roots.every((root) => SHARED.includes(root)) }
  } catch (error) {
    const cause = contentErrorOf(error, part)
    throw cause instanceof ContentError
      ? new ContentError(part, `the address of a link must hold complete Liquid tags: ${href.slice(0, 100)}`)
      : cause
  }
}

interface Range {
  begin: number
  end: number
}

/**
 * The ranges of href values of links that may be tracked, and of those that their author does not want tracked, none of them in
 * a comment; and the offset of the last `</body>`.
 */
function readMarkup(markup: string): { anchors: Range[]; untracked: Range[]; bodyEnd: number | null } {
  const anchors: Range[] = []
  const untracked: Range[] = []
  let bodyEnd: number | null = null
  let element = ''
  let attribute = ''
  let value: Range | null = null
  let href: Range[] = []
  let refused = false

  const finish = () => {
    const found = refused ? untracked : anchors
    found.push(...href)
    href = []
    refused = false
  }
  const tokenizer = new Tokenizer(
    { decodeEntities: false },
    {
      onopentagname(start, end) {
        element = withoutMasks(markup.slice(start, end)).toLowerCase()
      },
      onattribname(start, end) {
        attribute = withoutMasks(markup.slice(start, end)).toLowerCase()
        value = null
      },
      onattribdata(start, end) {
        value = { begin: value?.begin ?? start, end }
      },
      onattribend() {
        if (!value || (element !== 'a' && element !== 'area')) return
        if (attribute === 'href') href.push(value)
        const isOff = markup.slice(value.begin, value.end).trim().toLowerCase() === 'off'
        if (attribute === 'data-envoi-track' && isOff) refused = true
        value = null
      },
      onopentagend: finish,
      onselfclosingtag: finish,
      onclosetag(start, end) {
        if (markup.slice(start, end).toLowerCase() === 'body') bodyEnd = start - 2
      },
      onattribentity() {},
      oncdata() {},
      oncomment() {},
      ondeclaration() {},
      onprocessinginstruction() {},
      ontext() {},
      ontextentity() {},
      onend() {},
    },
  )
  tokenizer.write(markup)
  tokenizer.end()
  return { anchors, untracked, bodyEnd }
}
