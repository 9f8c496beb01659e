/** What a rule means, said a second time as plainly as can be, on objects in memory: the SQL is held against it. */
import type { SegmentRule } from '@envoi/openapi'

export interface Person {
  id: string
  email: string | null
  firstName: string | null
  tracking: string
  restricted: boolean
  objections: string[]
  createdAt: Date
  lastEngagedAt: Date | null
  attributes: Record<string, string | number | boolean | string[]>
  lists: string[]
  consents: { purpose: string; channel: string; state: string }[]
  messages: { campaign: string; sentAt: Date | null }[]
  events: { type: string; source: string; campaign: string | null; link: number | null; at: Date }[]
}

export function belongs(
  rule: SegmentRule,
  person: Person,
  now: Date,
  segments: Map<string, SegmentRule>,
): boolean {
  if ('all' in rule) return rule.all.every((one) => belongs(one, person, now, segments))
  if ('any' in rule) return rule.any.some((one) => belongs(one, person, now, segments))
  if ('not' in rule) return !belongs(rule.not, person, now, segments)
  if ('list' in rule) return person.lists.includes(rule.list)
  if ('segment' in rule) {
    const nested = segments.get(rule.segment)
    return nested !== undefined && belongs(nested, person, now, segments)
  }
  if ('consent' in rule) {
    const { purpose, channel, state } = rule.consent
    return person.consents.some(
      (one) => one.purpose === purpose && one.channel === channel && one.state === state,
    )
  }
  if ('event' in rule) return count(rule.event, person, now) >= (rule.event.count?.gte ?? 1)
  return satisfies(rule.op, heldBy(rule.field, person), rule.value, now)
}

type EventCondition = Extract<SegmentRule, { event: unknown }>['event']

function count({ type, campaign, link, within }: EventCondition, person: Person, now: Date): number {
  const recent = (at: Date) => within === undefined || at.getTime() >= now.getTime() - milliseconds(within)
  if (type === 'message.sent')
    return person.messages.filter(
      ({ sentAt, ...message }) =>
        sentAt !== null && recent(sentAt) && (campaign === undefined || message.campaign === campaign),
    ).length
  return person.events.filter(
    (event) =>
      event.type === type &&
      (event.source === 'human' || type === 'contact.unsubscribed') &&
      recent(event.at) &&
      (campaign === undefined || event.campaign === campaign) &&
      (link === undefined || event.link === link),
  ).length
}

function heldBy(field: string, person: Person): unknown {
  if (field.startsWith('attributes.')) return person.attributes[field.slice('attributes.'.length)]
  const value = person[field as 'email']
  return Array.isArray(value) && value.length === 0 ? null : value
}

function satisfies(op: string, value: unknown, wanted: unknown, now: Date): boolean {
  const missing = value === null || value === undefined
  if (op === 'exists') return missing !== (wanted ?? true)
  if (op === 'ne') return missing || !same(value, wanted)
  if (missing) return false
  switch (op) {
    case 'eq':
      return same(value, wanted)
    case 'in':
      return (wanted as unknown[]).some((one) =>
        Array.isArray(value) ? value.includes(one) : same(value, one),
      )
    case 'contains':
      return Array.isArray(value)
        ? value.includes(wanted)
        : String(value).toLowerCase().includes(String(wanted).toLowerCase())
    case 'startsWith':
      return String(value).toLowerCase().startsWith(String(wanted).toLowerCase())
    case 'withinLast': {
      const from = now.getTime() - milliseconds(String(wanted))
      // a day counts whole
      const day = typeof value === 'string' && value.length === 10
      return day
        ? value >= new Date(from).toISOString().slice(0, 10) && value <= now.toISOString().slice(0, 10)
        : comparable(value) >= from && comparable(value) <= now.getTime()
    }
    default: {
      const [one, other] = [comparable(value), comparable(wanted)]
      return {
        gt: one > other,
        after: one > other,
        gte: one >= other,
        lt: one < other,
        before: one < other,
        lte: one <= other,
      }[op as 'gt']
    }
  }
}

function same(value: unknown, wanted: unknown): boolean {
  if (value instanceof Date) return value.getTime() === comparable(wanted)
  return value === wanted
}

function comparable(value: unknown): number {
  return typeof value === 'number'
    ? value
    : value instanceof Date
      ? value.getTime()
      : Date.parse(String(value))
}

/** Days and hours are all that the tests use. */
function milliseconds(duration: string): number {
  const [, days = 0, hours = 0] = /^P(?:(\d+)D)?(?:T(\d+)H)?$/.exec(duration)?.map(Number) ?? []
  return ((days || 0) * 24 + (hours || 0)) * 3_600_000
}
