/** An account with all that a rule may name, and the rows of people in memory. */
import { randomUUID } from 'node:crypto'
import type { Platform } from '@envoi/core'
import { idGenerator } from '@envoi/core/ids'
import type { Person } from './evaluate-rule.ts'

export interface World {
  accountId: string
  purposes: Map<string, string>
  lists: string[]
  campaigns: string[]
}

const at = new Date('2026-01-01T00:00:00Z')
const stamps = { createdAt: at, updatedAt: at }

export async function createWorld({ db, newId }: Platform): Promise<World> {
  const accountId = newId()
  await db.account.create({
    data: {
      id: accountId,
      name: 'Segments',
      locale: 'fr-FR',
      timezone: 'Europe/Paris',
      termsVersion: '1',
      termsAcceptedAt: at,
      ...stamps,
    },
  })
  const fields = [
    ['country', 'choice', ['FR', 'BE', 'a, "b"']],
    ['colours', 'choices', ['red', 'blue', 'green']],
    ['score', 'number', []],
    ['vip', 'boolean', []],
    ['born', 'date', []],
    ['seen', 'datetime', []],
    ['note', 'text', []],
    ['site', 'url', []],
  ] as const
  await db.field.createMany({
    data: fields.map(([key, type, choices]) => ({
      accountId,
      id: newId(),
      key,
      label: key,
      type,
      choices: [...choices],
      ...stamps,
    })),
  })
  const purposes = new Map(['newsletter', 'offers'].map((key) => [key, newId()]))
  await db.purpose.createMany({
    data: [...purposes].map(([key, id]) => ({
      accountId,
      id,
      key,
      name: key,
      description: key,
      legalBasis: 'consent' as const,
      eprivacyGround: 'opt_in' as const,
      channels: ['email' as const],
      retention: 'P3Y',
      policyText: key,
      policyVersion: '1',
      ...stamps,
    })),
  })
  const senderId = newId()
  await db.sender.create({ data: { accountId, id: senderId, email: 'a@example.com', name: 'A', ...stamps } })
  const lists = [newId(), newId()]
  await db.list.createMany({ data: lists.map((id) => ({ accountId, id, name: id, ...stamps })) })
  const campaigns = [newId(), newId()]
  await db.campaign.createMany({
    data: campaigns.map((id) => ({
      accountId,
      id,
      name: id,
      channel: 'email' as const,
      purposeId: purposes.get('newsletter') ?? '',
      senderId,
      ...stamps,
    })),
  })
  return { accountId, purposes, lists, campaigns }
}

export async function savePeople({ db, newId }: Platform, world: World, people: Person[]): Promise<void> {
  const { accountId } = world
  const latest = (dates: (Date | null)[]) =>
    dates.reduce((max, one) => (one && (!max || one > max) ? one : max), null)
  const human = (person: Person, type: string) =>
    latest(person.events.filter((one) => one.type === type && one.source === 'human').map((one) => one.at))
  const own = { accountId }
  await db.contact.createMany({
    data: people.map((person) => ({
      ...own,
      id: person.id,
      email: person.email,
      firstName: person.firstName,
      attributes: person.attributes,
      originSource: 'test',
      tracking: person.tracking as 'unknown',
      restrictedAt: person.restricted ? at : null,
      objections: person.objections,
      lastSentAt: latest(person.messages.map(({ sentAt }) => sentAt)),
      lastOpenedAt: human(person, 'message.opened'),
      lastClickedAt: human(person, 'message.clicked'),
      lastEngagedAt: person.lastEngagedAt,
      createdAt: person.createdAt,
      updatedAt: person.createdAt,
    })),
  })
  const each = <T>(rows: (person: Person) => T[]) =>
    people.flatMap((person) => rows(person).map((row) => ({ ...own, contactId: person.id, ...row })))
  await db.listMember.createMany({
    data: each(({ lists }) => lists.map((listId) => ({ listId, addedAt: at }))),
  })
  await db.consent.createMany({
    data: each(({ consents }) =>
      consents.map(({ purpose, channel, state }) => ({
        purposeId: world.purposes.get(purpose) ?? '',
        channel: channel as 'email',
        state: state as 'granted',
        eventId: newId(),
        eventHash: Buffer.alloc(32),
        changedAt: at,
      })),
    ),
  })
  await db.message.createMany({
    data: each(({ messages }) =>
      messages.map(({ campaign, sentAt }) => ({
        id: newId(),
        campaignId: campaign,
        channel: 'email' as const,
        state: sentAt ? ('sent' as const) : ('excluded' as const),
        nextAttemptAt: at,
        sentAt,
        stateAt: at,
      })),
    ),
  })
  await db.event.createMany({
    data: each(({ events }) =>
      events.map(({ at, ...event }) => ({
        id: idGenerator({ now: () => at })(),
        type: event.type,
        campaignId: event.campaign,
        link: event.link,
        source: event.source as 'human',
        reasons: [],
        occurredAt: at,
      })),
    ),
  })
}

/** Somebody of whom nothing is known. */
export function nobody(): Person {
  return {
    id: randomUUID(),
    email: null,
    firstName: null,
    tracking: 'unknown',
    restricted: false,
    objections: [],
    createdAt: at,
    lastEngagedAt: null,
    attributes: {},
    lists: [],
    consents: [],
    messages: [],
    events: [],
  }
}
