import type { SegmentRule } from '@envoi/openapi'

/**
 * What a campaign sends, taken when somebody schedules or sends it: a later edit of its template, sender or segment changes nothing of
 * what leaves (docs/decisions/0050). Who is in the audience is found out when it starts, by the rule that was approved.
 * MJML is kept compiled, so that a worker needs no MJML compiler.
 */
export interface Snapshot {
  name: string
  content: { subject: string; html: string; text: string | null; mjml: string | null }
  sender: { email: string; name: string; replyTo: string | null; domainId: string | null }
  purpose: { id: string; key: string; name: string; isRefusable: boolean }
  tracking: { opens: boolean; clicks: boolean; as: 'individual' | 'aggregate' }
  audience: Audience
  /** What content can say of the account. Absent from what was approved before it was kept. */
  account?: { name: string; locale: string }
}

/** A rule of a segment, with those of the segments it names, or lists. */
export type Audience = { rule: SegmentRule; segments?: Record<string, SegmentRule> } | { lists: string[] }
