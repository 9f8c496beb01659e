import { dkimVerify } from 'mailauth/lib/dkim/verify.js'
import { campaignTo } from '../support/audience.ts'
import { expect, test } from '../support/fixture.ts'

test('a delivered message bears what providers ask of bulk mail, under a signature that others can verify', async ({
  server,
  account,
  mail,
  drain,
}) => {
  const { api } = account
  const { id, purpose, contacts } = await campaignTo(server, account, 1)
  await api.campaigns.send(id)
  await drain()
  const [received] = mail.to(contacts[0]?.email ?? '')
  const [message] = (await api.campaigns.messages(id)).data
  const { sender } = await api.campaigns.get(id)
  const { email, senderDomain } = await api.senders.get(sender)
  const { domain, records } = await api.senderDomains.get(senderDomain ?? '')
  const raw = received?.raw ?? Buffer.of()

  const head =
    raw
      .toString()
      .split('\r\n\r\n')[0]
      ?.replace(/\r\n[ \t]+/g, ' ') ?? ''
  const headers = new Map(
    head.split('\r\n').map((line) => [line.split(':')[0], line.slice(line.indexOf(':') + 2)]),
  )
  expect(received?.from).toBe(email)
  expect(headers.get('Message-ID')).toBe(`<${message?.id}@${domain}>`)
  expect(headers.get('List-Unsubscribe')).toMatch(new RegExp(`^<${server.url}/u/[\\w-]+>$`))
  expect(headers.get('List-Unsubscribe-Post')).toBe('List-Unsubscribe=One-Click')
  expect(headers.get('List-Id')).toContain(`<${purpose}.${domain}>`)
  expect(headers.get('Feedback-ID')).toBe(`${id}:${purpose}:${account.id}:envoi`)

  const dkim = records.find((record) => record.purpose === 'dkim')
  const { results } = await dkimVerify(raw, {
    resolver: async (name: string) => (name === dkim?.name ? [[dkim.value]] : []),
  })
  expect(results).toMatchObject([{ signingDomain: domain, status: { result: 'pass' } }])
  const signed = /h=([^;]+)/
    .exec(headers.get('DKIM-Signature') ?? '')?.[1]
    ?.toLowerCase()
    .split(/\s*:\s*/)
  expect(signed?.map((name) => name.trim())).toEqual(
    expect.arrayContaining([
      'list-unsubscribe',
      'list-unsubscribe-post',
      'list-id',
      'feedback-id',
      'message-id',
    ]),
  )
})
