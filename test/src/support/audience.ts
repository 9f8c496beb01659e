/** What a campaign needs before it can be sent, made in bulk: contacts who agreed, on a list, and a sender that is believed. */
import { randomBytes } from 'node:crypto'
import type { TestAccount, TestServer } from './fixture.ts'
import { newsletterPurpose } from './newsletter-purpose.ts'

export interface Audience {
  /** Key of the purpose they agreed to. */
  purpose: string
  list: string
  contacts: { id: string; email: string }[]
}

const unique = () => randomBytes(4).toString('hex')

async function purposeOf(account: TestAccount): Promise<string> {
  const { key } = await account.api.purposes.create({
    key: `newsletter-${unique()}`,
    ...newsletterPurpose,
  })
  return key
}

/** So many contacts who all agreed to one purpose. `emails`: their addresses, instead of made-up ones. */
export async function audienceOf(
  server: Pick<TestServer, 'platform'>,
  account: TestAccount,
  size: number,
  options: { emails?: string[]; tracking?: 'unknown' | 'granted' } = {},
): Promise<Audience> {
  const { platform } = server
  const key = await purposeOf(account)
  const purpose = await platform.db.purpose.findUniqueOrThrow({
    where: { accountId_key: { accountId: account.id, key } },
  })
  const now = platform.clock.now()
  const [list, prefix] = [platform.newId(), unique()]
  const contacts = Array.from({ length: size }, (_, index) => ({
    id: platform.newId(),
    email: options.emails?.[index] ?? `${prefix}-${index}@example.com`,
  }))
  await platform.db.list.create({
    data: { accountId: account.id, id: list, name: prefix, createdAt: now, updatedAt: now },
  })
  // some at a time: no statement of a slow machine meets the limit of time of requests
  for (let from = 0; from < size; from += 1_000) await insert(contacts.slice(from, from + 1_000))
  return { purpose: key, list, contacts }

  function insert(some: Audience['contacts']) {
    return platform.direct.query(
      `with made as (
         insert into contact
           (account_id, id, email, first_name, attributes, origin_source, tracking, created_at, updated_at)
         select $1, given.id, given.email, 'Ada', '{}', 'test', $6::tracking_consent, $5, $5
         from unnest($2::uuid[], $3::text[]) as given (id, email)
         returning id
       ),
       consented as (
         insert into consent
           (account_id, contact_id, purpose_id, channel, state, event_id, event_hash, address_mark, changed_at)
         select $1, id, $4, 'email', 'granted', id, '', envoi_address_mark(id, email), $5
         from unnest($2::uuid[], $3::text[]) as given (id, email)
       )
       insert into list_member (account_id, list_id, contact_id, added_at)
       select $1, $7, id, $5 from unnest($2::uuid[]) as given (id)`,
      [
        account.id,
        some.map(({ id }) => id),
        some.map(({ email }) => email),
        purpose.id,
        now,
        options.tracking ?? 'unknown',
        list,
      ],
    )
  }
}

/** DKIM keys take seconds to make on a busy machine: those of a server's first domain serve all others. */
const dkimKeys = new WeakMap<object, { dkimPublicKey: string; dkimPrivateKey: Uint8Array<ArrayBuffer> }>()

/** A sender at a domain that the operator vouches for. */
export async function verifiedSender(
  { platform, operator }: Pick<TestServer, 'operator' | 'platform'>,
  { id: accountId, api }: TestAccount,
): Promise<string> {
  const domain = `${unique()}.example`
  const keys = dkimKeys.get(platform)
  let senderDomainId = platform.newId()
  if (keys === undefined) {
    senderDomainId = (await api.senderDomains.create({ domain })).id
    const { dkimPublicKey, dkimPrivateKey } = await platform.db.senderDomain.findUniqueOrThrow({
      where: { accountId_id: { accountId, id: senderDomainId } },
    })
    dkimKeys.set(platform, { dkimPublicKey, dkimPrivateKey })
  } else {
    const now = platform.clock.now()
    await platform.db.senderDomain.create({
      data: {
        ...keys,
        accountId,
        id: senderDomainId,
        domain,
        dkimSelector: 'envoi1',
        createdAt: now,
        updatedAt: now,
      },
    })
  }
  await operator.operator.approveSenderDomain(accountId, senderDomainId)
  return (await api.senders.create({ email: `news@${domain}`, name: 'Atelier Ada' })).id
}

export const newsletter = {
  subject: 'Bonjour {{ contact.firstName }}',
  html: '<html><body><p>Bonjour {{ contact.firstName }}</p><a href="https://shop.example/boots">Shop</a> <a href="{{ unsubscribeUrl }}">Se désabonner</a> <a href="{{ preferencesUrl }}">Préférences</a></body></html>',
}

type Draft = Parameters<TestAccount['api']['campaigns']['create']>[0]

/** A campaign to so many contacts, ready to be sent. */
export async function campaignTo(
  server: Pick<TestServer, 'operator' | 'platform'>,
  account: TestAccount,
  size: number,
  options: Parameters<typeof audienceOf>[3] & { draft?: Partial<Draft> } = {},
): Promise<Audience & { id: string }> {
  const audience = await audienceOf(server, account, size, options)
  const { id } = await account.api.campaigns.create({
    name: 'November',
    channel: 'email',
    purpose: audience.purpose,
    lists: [audience.list],
    sender: await verifiedSender(server, account),
    content: newsletter,
    ...options.draft,
  })
  return { ...audience, id }
}

/** Ends the consent of a contact, as the API does it. */
export async function withdraw(account: TestAccount, contactId: string, purpose: string): Promise<void> {
  await account.api.consents.record(contactId, {
    purpose,
    channel: 'email',
    state: 'withdrawn',
    evidence: { source: 'phone call', collectedAt: new Date().toISOString() },
  })
}
