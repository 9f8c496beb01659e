import { WaitError } from '@envoi/sdk'
import { startWorkers } from '@envoi/workers'
import { plain } from '../imports/support.ts'
import { campaignTo } from '../support/audience.ts'
import { describe, expect, test } from '../support/fixture.ts'

const long = { timeout: 90_000 }

describe('waiting for long work', () => {
  test('ends when the work has: imports, campaigns, erasures', async ({ server, account }) => {
    const workers = await startWorkers(server.platform, { pollMs: 50 })
    try {
      const { api } = account
      const { id } = await api.imports.create(plain)
      await api.imports.upload(id, 'Email,Name,Ref\nada@example.com,Ada,1\n')
      expect(await api.imports.waitFor(id, long)).toMatchObject({
        status: 'completed',
        counts: { created: 1 },
      })

      const campaign = await campaignTo(server, account, 2)
      await api.campaigns.send(campaign.id)
      expect(await api.campaigns.waitFor(campaign.id, long)).toMatchObject({
        status: 'sent',
        counts: { sent: 2 },
      })

      const [ada] = (await api.contacts.list({ email: 'ada@example.com' })).data
      const erasure = await api.contacts.delete(ada?.id ?? '')
      expect(await api.erasures.waitFor(erasure.id, long)).toMatchObject({ status: 'completed' })
    } finally {
      await workers.close()
    }
  }, 60_000)

  test('gives back what has failed or was cancelled: it is the caller who judges', async ({
    account,
    drain,
  }) => {
    const { api } = account
    const { id } = await api.imports.create(plain)
    await api.imports.upload(id, 'Other,Columns\n1,2\n')
    await drain()
    expect(await api.imports.waitFor(id, long)).toMatchObject({
      status: 'failed',
      failure: { code: expect.any(String) },
    })
    const cancelled = await api.imports.create(plain)
    await api.imports.cancel(cancelled.id)
    expect(await api.imports.waitFor(cancelled.id, long)).toMatchObject({ status: 'cancelled' })
  })

  test('gives up after the time it was given, and the work goes on', async ({ account, drain }) => {
    const { api } = account
    const { id } = await api.imports.create(plain)
    await api.imports.upload(id, 'Email,Name,Ref\nada@example.com,Ada,1\n')
    const waiting = api.imports.waitFor(id, { timeout: 300, interval: 50 })
    await expect(waiting).rejects.toBeInstanceOf(WaitError)
    await expect(waiting).rejects.toThrow('Still queued after 300 ms')
    await drain()
    expect((await api.imports.waitFor(id, long)).status).toBe('completed')
  })

  test('ends with the reason of the signal', async ({ account }) => {
    const { api } = account
    const { id } = await api.imports.create(plain)
    const controller = new AbortController()
    const waiting = api.imports.waitFor(id, { signal: controller.signal, interval: 50 })
    setTimeout(() => controller.abort(new Error('the user went home')), 100)
    await expect(waiting).rejects.toThrow('the user went home')
  })

  test('for what does not exist fails at once', async ({ account }) => {
    await expect(account.api.imports.waitFor('0192f1a4-7c1e-7a5b-8c3d-2f6e9a1b4c7d')).rejects.toMatchObject({
      code: 'not_found',
    })
  })
})
