import type { SegmentCondition } from '@envoi/openapi'

/** Whether a condition goes through the text of each contact, or through its messages and events; others compare a value. */
export function isSearch(condition: SegmentCondition): boolean {
  if ('field' in condition) return condition.op === 'contains' || condition.op === 'startsWith'
  if (!('event' in condition)) return false
  const { type, campaign, count } = condition.event
  // when each kind last happened is kept with the contact
  return type === 'contact.unsubscribed' || campaign !== undefined || (count?.gte ?? 1) > 1
}
