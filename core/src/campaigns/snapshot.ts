import type { SegmentRule } from '@envoi/openapi'

/**
 * What a campaign sends, taken when it starts: a later edit of its template, sender or segment changes nothing of what leaves.
 * MJML is kept compiled, so that a worker needs no MJML compiler.
 */
export interface Snapshot {
  name: string
  content: { subject: string; html: string; text: string | null; mjml: string | null }
  sender: { email: string; name: string; replyTo: string | null; domainId: string | null }
  purpose: { id: string; key: string; name: string; isRefusable: boolean }
  tracking: { opens: boolean; clicks: boolean; as: 'individual' | 'aggregate' }
  audience: Audience
}

/** A rule of a segment, or lists. */
export type Audience = { rule: SegmentRule } | { lists: string[] }
