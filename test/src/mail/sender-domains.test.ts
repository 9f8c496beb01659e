import { audienceOf, newsletter } from '../support/audience.ts'
import { expect, test } from '../support/fixture.ts'
import { domainOf } from './domain-of.ts'

test('a domain is verified when its records are published as they were given', async ({
  server,
  account,
}) => {
  const domain = await domainOf(server, account)
  domain.publish('dkim', 'spf', 'dmarc')
  expect(await domain.verify()).toEqual(['verified', 'dns', 'found', 'found', 'found'])
})

test('a domain whose records are missing, or hold another key, is not verified', async ({
  server,
  account,
}) => {
  const domain = await domainOf(server, account)
  expect(await domain.verify()).toEqual(['failed', null, 'missing', 'missing', 'missing'])
  domain.dns.publish(domain.record('dkim').name, 'v=DKIM1; k=rsa; p=MIIBIjANBgkqhkiG9w0')
  domain.dns.publish(domain.domain, 'v=spf1 include:relay.example -all')
  expect(await domain.verify()).toEqual(['failed', null, 'wrong', 'found', 'missing'])
})

test('a domain stays what it is while no name server answers, or says that it cannot', async ({
  server,
  account,
}) => {
  const domain = await domainOf(server, account)
  domain.dns.mode = 'broken'
  expect(await domain.verify()).toEqual(['pending', null, 'unknown', 'unknown', 'unknown'])
  domain.dns.mode = 'answers'
  domain.publish('dkim', 'spf', 'dmarc')
  await domain.verify()
  for (const mode of ['broken', 'silent'] as const) {
    domain.dns.mode = mode
    expect(await domain.verify()).toEqual(['verified', 'dns', 'unknown', 'unknown', 'unknown'])
  }
})

test('two accounts that send for one domain publish a key each', async ({ server, account }) => {
  const domain = await domainOf(server, account)
  const other = await server.openAccount()
  const theirs = await other.api.senderDomains.create({ domain: domain.domain })
  const [name, theirName] = [domain.record('dkim').name, theirs.records[0]?.name]
  expect(name).toMatch(/^envoi-[0-9a-v]{8}\._domainkey\./)
  expect(theirName).toMatch(/^envoi-[0-9a-v]{8}\._domainkey\./)
  expect(name).not.toBe(theirName)
})

test('a campaign pauses rather than leave unsigned when its domain is verified no more, and goes on when it is', async ({
  server,
  account,
  mail,
  drain,
}) => {
  const { api } = account
  const domain = await domainOf(server, account)
  domain.publish('dkim')
  await domain.verify()
  const { purpose, list, contacts } = await audienceOf(server, account, 3)
  const sender = await api.senders.create({ email: `news@${domain.domain}`, name: 'Ada' })
  const { id } = await api.campaigns.create({
    name: 'November',
    channel: 'email',
    purpose,
    lists: [list],
    sender: sender.id,
    content: newsletter,
  })
  await api.campaigns.send(id)
  domain.dns.withdraw(domain.record('dkim').name)
  await domain.verify()
  await drain()
  const received = () => contacts.flatMap(({ email }) => mail.to(email))
  expect(received()).toEqual([])
  expect(await api.campaigns.get(id)).toMatchObject({
    status: 'paused',
    statusReason: 'sender_domain_unverified',
    counts: { queued: 3 },
  })

  domain.publish('dkim')
  await domain.verify()
  expect(await api.campaigns.resume(id)).toMatchObject({ status: 'sending', statusReason: null })
  await drain()
  expect(received()).toHaveLength(3)
  for (const { raw } of received()) expect(raw.toString()).toContain(`d=${domain.domain};`)
})
