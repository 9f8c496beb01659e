/** The fixture, for tests of what writes rows that are promises: after each one, all of them are as the platform has recorded them. */
import { asSystem } from '@envoi/core'
import { brokenRows } from '@envoi/core/records/verify-records'
import { test as base, expect, type TestAccount } from './fixture.ts'

export * from './fixture.ts'

export const test = base.extend<{ account: TestAccount }>({
  account: async ({ server }, use) => {
    const account = await server.openAccount()
    await use(account)
    const breaks = []
    for await (const one of brokenRows(asSystem(server.platform, account.id, 'test'))) breaks.push(one)
    expect(breaks).toEqual([])
  },
})
