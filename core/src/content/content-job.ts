/** What the process and a thread say to each other about a content. Plain data: all of it is copied. */
import { createHash } from 'node:crypto'
import type { CompiledContent, ContentSource } from './compile-content.ts'
import type { ComputedValue } from './computed-values.ts'
import type { ContentPart } from './content-error.ts'
import type { ContentScope, RenderedContent } from './render-content.ts'
import type { TrackingOrder } from './tracking-order.ts'

/** For whom a content is rendered. */
export interface Recipient {
  scope: ContentScope
  tracking: TrackingOrder
}

export interface ContentJob {
  /** The same for the same content: what a thread has compiled it keeps under it. */
  key: string
  source: ContentSource
  /** Keys of the account's declared fields; without them, any `contact.attributes.…` is taken for known. */
  fields?: readonly string[]
  /** Whether what is known of the content is asked for. */
  isInspected?: boolean
  /** Fields that its author sees masked: with an inspection comes what the content does with them beyond showing them. */
  masked?: readonly string[]
  recipients?: readonly Recipient[]
  /** Only this part is rendered, and the others are empty. */
  only?: 'html'
}

/** All that is known of a content, but for the programs it consists of: those stay in the thread. */
export type ContentSummary = Omit<CompiledContent, 'subject' | 'html' | 'text' | 'liquid'> & {
  computed: readonly ComputedValue[]
}

/** A ContentError: errors lose their class on the way. */
export interface Failure {
  part: ContentPart
  message: string
  line: number
  column: number
  isTimeout: boolean
}

/** `undone`: the time for one turn was over before it came to this recipient. */
export type Rendering = RenderedContent | { failure: Failure } | 'undone'

export type ContentReply =
  /** It does not compile. */
  | { failure: Failure }
  | { summary?: ContentSummary; renderings: Rendering[] }
  /** Something went wrong that is not the content's fault. */
  | { crash: string }

/** What a thread says besides: it can work; it has loaded what MJML needs, which takes a second and is nobody's fault. */
export type Progress = 'ready' | 'mjml-loaded'

export function contentKey(source: ContentSource, fields?: readonly string[]): string {
  const { subject, mjml, html, text } = source
  return createHash('sha256')
    .update(JSON.stringify([subject, mjml ?? null, html ?? null, text ?? null, fields ?? null]))
    .digest('base64url')
}
