/** Who may not see, or not govern, what is protected does not take the protection away. */
import { allPermissions, type Permission } from '@envoi/openapi'
import { describe, expect, type TestAccount, test } from '../support/fixture.ts'
import { newsletterPurpose } from '../support/newsletter-purpose.ts'
import { refusal } from '../support/refusal.ts'

const without = (account: TestAccount, right: Permission) =>
  account.as({ permissions: allPermissions.filter((name) => name !== right) })

describe('a protection is lowered by nobody without the right to what it protects:', () => {
  test('a field of a special category stays one', async ({ account }) => {
    await account.api.purposes.create({ key: 'health', ...newsletterPurpose })
    const field = await account.api.fields.create({
      key: 'diet',
      label: 'Diet',
      type: 'choice',
      choices: ['vegan', 'any'],
      specialCategory: true,
      purpose: 'health',
    })
    const { id } = await account.api.contacts.create({
      email: 'ada@example.com',
      attributes: { diet: 'vegan' },
    })
    const api = await without(account, 'contacts:reveal')
    const lowered = api.fields.update(field.id, { label: 'Food', specialCategory: false })
    expect(await refusal(lowered)).toEqual({ code: 'permission_missing', at: ['/specialCategory'] })
    // nor by taking it away and declaring it anew
    expect(await refusal(api.fields.delete(field.id))).toMatchObject({ code: 'in_use' })
    expect((await api.contacts.get(id)).attributes).toEqual({ diet: '***' })
    // nothing of the rest of the patch was done; that much may be
    expect((await api.fields.get(field.id)).label).toBe('Diet')
    await api.fields.update(field.id, { label: 'Food', specialCategory: true })
    await account.api.fields.update(field.id, { specialCategory: false })
    expect((await api.contacts.get(id)).attributes).toEqual({ diet: 'vegan' })
  })

  test('how users come in, and how long the audit log is kept', async ({ account }) => {
    const { api } = account
    const keeper = await without(account, 'users:manage')
    const blind = await without(account, 'audit:read')
    await api.account.update({ security: { requireTotp: true, allowedIps: ['127.0.0.0/8', '::1'] } })
    for (const [security, at] of [
      [{ requireTotp: false }, '/security/requireTotp'],
      [{ allowedIps: [] }, '/security/allowedIps'],
      [{ allowedIps: ['127.0.0.0/8', '0.0.0.0/0'] }, '/security/allowedIps'],
      [{ notifyLogins: false }, '/security/notifyLogins'],
    ] as const)
      expect(await refusal(keeper.account.update({ security: { ...security } as object }))).toEqual({
        code: 'permission_missing',
        at: [at],
      })
    await keeper.account.update({ security: { allowedIps: ['127.0.0.1'] }, retention: { audit: 'P6M' } })
    await blind.account.update({ retention: { audit: 'P24M' } })
    expect(await refusal(blind.account.update({ retention: { audit: 'P12M' } }))).toEqual({
      code: 'permission_missing',
      at: ['/retention/audit'],
    })
  })

  test('which pages call the API, and how long contacts are kept', async ({ account }) => {
    const { api } = account
    await api.account.update({
      security: { allowedOrigins: ['https://www.example.com'] },
      retention: { default: 'P1Y' },
    })
    const noKeys = await without(account, 'api-keys:manage')
    const opened = { security: { allowedOrigins: ['https://www.example.com', 'https://evil.example'] } }
    expect(await refusal(noKeys.account.update(opened))).toEqual({
      code: 'permission_missing',
      at: ['/security/allowedOrigins'],
    })
    await noKeys.account.update({ security: { allowedOrigins: [] } })
    const noErasing = await without(account, 'contacts:delete')
    expect(await refusal(noErasing.account.update({ retention: { default: 'P13M' } }))).toEqual({
      code: 'permission_missing',
      at: ['/retention/default'],
    })
    await noErasing.account.update({ retention: { default: 'P11M' } })
  })

  test('what a purpose asks of people, and how long it keeps them', async ({ account }) => {
    const { api } = account
    await api.purposes.create({ key: 'news', ...newsletterPurpose, retention: 'P1Y', doubleOptIn: true })
    const noConsents = await without(account, 'consents:write')
    const noErasing = await without(account, 'contacts:delete')
    for (const [who, patch, at] of [
      [noConsents, { doubleOptIn: false }, ['/doubleOptIn']],
      [noConsents, { channels: ['email', 'sms'] }, ['/channels']],
      [
        noConsents,
        { legalBasis: 'legitimate_interests', assessment: 'LIA-1', eprivacyGround: 'soft_opt_in' },
        ['/legalBasis', '/eprivacyGround'],
      ],
      [noErasing, { retention: 'P2Y' }, ['/retention']],
    ] as const) {
      const refused = who.purposes.update('news', patch as Parameters<typeof api.purposes.update>[1])
      expect(await refusal(refused)).toEqual({ code: 'permission_missing', at })
    }
    // what asks more of nobody is no lowering
    await noConsents.purposes.update('news', { name: 'News', retention: 'P2Y' })
    await noErasing.purposes.update('news', { doubleOptIn: false, retention: 'P6M' })
    expect(await api.purposes.get('news')).toMatchObject({
      doubleOptIn: false,
      retention: 'P6M',
      name: 'News',
    })
  })

  test('for what data of a special category is kept', async ({ account }) => {
    const { api } = account
    await api.purposes.create({ key: 'health', ...newsletterPurpose })
    await api.purposes.create({ key: 'offers', ...newsletterPurpose })
    const field = {
      key: 'diet',
      label: 'Diet',
      type: 'text',
      specialCategory: true,
      purpose: 'health',
    } as const
    const { id } = await api.fields.create(field)
    const masked = await without(account, 'contacts:reveal')
    expect(await refusal(masked.fields.update(id, { purpose: 'offers' }))).toEqual({
      code: 'permission_missing',
      at: ['/purpose'],
    })
    await masked.fields.update(id, { purpose: 'health' })
    await api.fields.update(id, { purpose: 'offers' })
  })
})
