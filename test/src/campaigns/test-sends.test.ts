import { campaignTo } from '../support/audience.ts'
import { expect, test } from '../support/fixture.ts'
import { confirmOwner, userWith } from '../users/people.ts'

test('a test arrives as the campaign is now, with nothing tracked', async ({
  server,
  account,
  mail,
  drain,
}) => {
  const { id } = await campaignTo(server, account, 1, {
    draft: { tracking: { opens: true, clicks: true } },
  })
  await confirmOwner({ server, account })
  await account.api.campaigns.test(id, { to: [account.ownerEmail] })
  await drain()
  const [received, ...others] = mail.to(account.ownerEmail)
  expect(others).toEqual([])
  const message = await received?.parsed()
  expect(message?.subject).toMatch(/^Bonjour/)
  expect(message?.html).toContain('href="https://shop.example/boots"')
  expect(message?.html).not.toContain('.gif')
  expect((await account.api.campaigns.get(id)).status).toBe('draft')
})

test('who has got a test is not sent it again while somebody else is put off', async ({
  server,
  account,
  mail,
  drain,
}) => {
  await confirmOwner({ server, account })
  const grace = await userWith({ server, account })
  const { id } = await campaignTo(server, account, 1)
  const undo = mail.misbehave({ to: grace.email }, { at: 'rcpt', reply: '450 4.2.1 Later' })
  await account.api.campaigns.test(id, { to: [account.ownerEmail, grace.email, grace.email.toUpperCase()] })
  for (let attempt = 0; attempt < 3; attempt++) {
    await drain()
    server.platform.clock.advance(10 * 60_000)
  }
  undo()
  await drain()
  expect(mail.to(account.ownerEmail)).toHaveLength(1)
  expect(mail.to(grace.email)).toHaveLength(1)
})
