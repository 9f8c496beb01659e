import { campaignTo } from '../support/audience.ts'
import { expect, test } from '../support/fixture.ts'

test('a campaign whose segment names what was deleted since pauses, says why, and goes on when it is put right', async ({
  server,
  account,
  mail,
  drain,
}) => {
  const { api } = account
  const { id, list, contacts } = await campaignTo(server, account, 2)
  const { id: fieldId } = await api.fields.create({ key: 'tier', label: 'Tier', type: 'text' })
  const rule = { any: [{ list }, { field: 'attributes.tier', op: 'eq' as const, value: 'gold' }] }
  const inner = await api.segments.create({ name: 'On the list', rule })
  const outer = await api.segments.create({ name: 'All of them', rule: { all: [{ segment: inner.id }] } })
  await api.campaigns.update(id, { lists: [], segment: outer.id })
  await api.campaigns.send(id)

  const { platform } = server
  // the rules themselves were approved with the campaign; what they name is looked up when it begins
  const at = { accountId_id: { accountId: account.id, id: fieldId } }
  const gone = await platform.db.field.delete({ where: at })
  await drain()
  expect(await api.campaigns.get(id)).toMatchObject({ status: 'paused', statusReason: 'segment_invalid' })
  expect(await platform.db.outbox.count({ where: { accountId: account.id, name: 'campaigns.freeze' } })).toBe(
    0,
  )
  await api.campaigns.resume(id)
  await drain()
  expect(await api.campaigns.get(id)).toMatchObject({ status: 'paused', statusReason: 'segment_invalid' })

  await platform.db.field.create({ data: gone })
  await api.campaigns.resume(id)
  await drain()
  expect(await api.campaigns.get(id)).toMatchObject({ status: 'sent', statusReason: null })
  for (const { email } of contacts) expect(mail.to(email)).toHaveLength(1)
})
