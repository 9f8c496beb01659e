import { campaignTo, newsletter } from '../support/audience.ts'
import { expect, test } from '../support/fixture.ts'
import { until } from '../support/until.ts'

const person = {
  'user-agent': 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Firefox/140.0',
  'accept-language': 'fr',
}
const machine = { 'user-agent': 'curl/8.5.0' }

test('a report shows what came in beside what people did, and the clicks on each link', async ({
  server,
  account,
  mail,
  drain,
}) => {
  const { clock, db } = server.platform
  const html = newsletter.html.replace('</p>', '</p><a href="https://shop.example/shoes">Shoes</a>')
  const { id, contacts } = await campaignTo(server, account, 2, {
    tracking: 'granted',
    draft: { tracking: { opens: true, clicks: true }, content: { ...newsletter, html } },
  })
  const nothing = { total: 0, human: 0, unknown: 0, machine: 0, recipients: 0 }
  expect(await account.api.campaigns.report(id)).toMatchObject({ opens: nothing, clicks: nothing, links: [] })

  await account.api.campaigns.send(id)
  await drain()
  clock.advance(60_000)
  for (const { email } of contacts) {
    const { html: received } = (await mail.to(email)[0]?.parsed()) ?? {}
    const [shoes = '', boots = ''] = [...`${received}`.matchAll(/http[^"]+\/c\/[^"]+/g)].map(([url]) => url)
    const [open = ''] = /http[^"]+\.gif/.exec(`${received}`) ?? []
    await fetch(open, { headers: person })
    for (const [url, headers] of [
      [shoes, person],
      [boots, person],
      [boots, machine],
    ] as const) {
      await fetch(url, { redirect: 'manual', headers })
      clock.advance(10_000)
    }
  }
  await until('all is judged', async () => {
    await drain()
    return (await db.eventInbox.count({ where: { accountId: account.id } })) === 0
  })
  const clicks = { total: 2, human: 2, unknown: 0, machine: 0, recipients: 2 }
  const report = await account.api.campaigns.report(id)
  expect(report).toMatchObject({
    campaign: id,
    counts: { sent: 2, opened: 2, clicked: 2 },
    opens: { total: 2, human: 2, machine: 0, recipients: 2 },
    clicks: { total: 6, human: 4, machine: 2, recipients: 2 },
    links: [
      { link: 0, url: 'https://shop.example/shoes', clicks },
      { link: 1, url: 'https://shop.example/boots', clicks: { ...clicks, total: 4, machine: 2 } },
    ],
  })

  // who is erased stays in the sums
  await account.api.contacts.delete(contacts[0]?.id ?? '')
  await drain()
  expect(await account.api.campaigns.report(id)).toMatchObject({ opens: report.opens, clicks: report.clicks })
})
