import { expect, test } from '../support/fixture.ts'
import { refusal } from '../support/refusal.ts'

const mjml = (text: string) =>
  `<mjml><mj-body><mj-section><mj-column><mj-text>${text} <a href="{{ unsubscribeUrl }}">x</a></mj-text></mj-column></mj-section></mj-body></mjml>`

test('a server compiles all MJML in one thread, and ends it when it closes', async ({ server, account }) => {
  let started = 0
  const count = () => started++
  process.on('worker', count)
  try {
    const made = await Promise.all(
      ['one', 'two', 'three'].map((name) =>
        account.api.templates.create({ name, channel: 'email', subject: 'x', mjml: mjml(name) }),
      ),
    )
    for (const { id } of made) await account.api.templates.render(id, {})
    expect(started).toBe(1)
    expect(await refusal(account.api.templates.update(made[0]?.id ?? '', { mjml: '<mjml>' }))).toMatchObject({
      code: 'invalid',
    })
    expect((await account.api.templates.render(made[1]?.id ?? '', {})).html).toContain('two')
    await server.platform.mjml.close()
    expect((await account.api.templates.render(made[2]?.id ?? '', {})).html).toContain('three')
    expect(started).toBe(2)
  } finally {
    process.off('worker', count)
  }
})
