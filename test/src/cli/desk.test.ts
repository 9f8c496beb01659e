/** What administrators, operators and auditors do. */
import { sealAudit } from '@envoi/core/audit/seal-audit'
import { sealLedgers } from '@envoi/core/consents/seal-ledger'
import { operatorToken } from '../support/fixture.ts'
import { describe, expect, test } from './cli.ts'

const operator = { env: { ENVOI_OPERATOR_TOKEN: operatorToken } }

describe('accounts', () => {
  test('are vetted by the operator', async ({ cli, server }) => {
    const { id, api } = await server.openAccount({ trial: true, name: 'Atelier Zoé' })
    const listed = await cli.run(['accounts', 'list', '--all'], operator)
    expect(listed.stdout).toMatch(new RegExp(`^${id} +trial .*Atelier Zoé$`, 'm'))
    const shown = await cli.run(['accounts', 'show', id], operator)
    expect(shown.stdout).toMatch(/^status +trial$/m)
    expect(shown.stdout).toMatch(/^sender_domain +pending$/m)
    expect((await cli.run(['accounts', 'approve', id], operator)).code).toBe(5)

    const waiver = ['--waive', 'owner_email,company,sender_domain', '--reason', 'They are known to us.']
    const steps: [string[], string, string | null][] = [
      [['refuse', id, '--reason', 'No company of that name.'], 'refused', 'No company of that name.'],
      [['reopen', id], 'trial', null],
      [['approve', id, ...waiver], 'active', null],
      [['suspend', id, '--reason', 'Complaints.'], 'suspended', 'Complaints.'],
      [['reopen', id], 'active', null],
    ]
    for (const [args, status, statusReason] of steps) {
      const { code, data } = await cli.json(['accounts', ...args], operator)
      expect([code, data]).toEqual([0, expect.objectContaining({ id, status, statusReason })])
    }
    expect((await api.account.get()).status).toBe('active')
    const after = await cli.run(['accounts', 'show', id], operator)
    expect(after.stdout).toMatch(/^company +waived, .*: They are known to us\.$/m)
    const trials = await cli.json(['accounts', 'list', '--status', 'trial', '--all'], operator)
    expect(JSON.stringify(trials.data)).not.toContain(id)
  })

  test('that are not there, or not in the state for it, are said so by the exit code', async ({
    cli,
    server,
  }) => {
    const { id } = await server.openAccount()
    const nowhere = '0192f1a4-7c1e-7a5b-8c3d-2f6e9a1b4c7d'
    expect((await cli.run(['accounts', 'show', nowhere], operator)).code).toBe(4)
    expect((await cli.run(['accounts', 'approve', nowhere], operator)).code).toBe(4)
    const refusal = await cli.run(['accounts', 'refuse', id, '--reason', 'Late.'], operator)
    expect([refusal.code, refusal.stderr]).toEqual([5, expect.stringContaining('active')])
  })

  test('are shown to nobody else', async ({ ada }) => {
    expect((await ada.run(['accounts', 'list'])).code).toBe(3)
    expect((await ada.run(['accounts', 'list'], { env: { ENVOI_OPERATOR_TOKEN: 'guessed' } })).code).toBe(3)
  })
})

describe('keys', () => {
  test('are created, used, listed and revoked', async ({ ada, account }) => {
    const create = ['keys', 'create', 'CRM', '--permission', 'account:read', '--expires', '2099-01-31']
    const { code, stdout, stderr } = await ada.run(create)
    expect(code).toBe(0)
    // alone on stdout, for a variable of a script
    expect(stdout).toMatch(/^envoi_live_\S+\n$/)
    expect(stderr).toMatch(/^expires +2099-01-31T00:00:00\.000Z$/m)
    expect(stderr).not.toContain(stdout.trim())
    const used = await ada.json(['whoami'], { env: { ENVOI_API_KEY: stdout } })
    expect(used.data).toMatchObject({ credentials: 'api_key', account: { id: account.id } })

    const { data } = await ada.json(['keys', 'list'])
    const [key] = data.data as { id: string; name: string }[]
    expect([key?.name, data.more]).toEqual(['CRM', false])
    expect((await ada.run(['keys', 'list'])).stdout).toMatch(new RegExp(`^${key?.id} .* CRM$`, 'm'))
    expect(await ada.json(['keys', 'revoke', key?.id ?? ''])).toEqual({
      code: 0,
      data: { id: key?.id, revoked: true },
    })
    expect((await ada.run(['whoami'], { env: { ENVOI_API_KEY: stdout } })).code).toBe(3)
    expect(await ada.run(['keys', 'list'])).toEqual({ code: 0, stdout: '', stderr: 'There are none.\n' })
  })

  test('of test mode are made by a flag, and rotated with nothing but the new value on stdout', async ({
    ada,
  }) => {
    const created = await ada.run(['keys', 'create', 'Staging', '--role', 'analyst', '--test'])
    expect(created.stdout).toMatch(/^envoi_test_\S+\n$/)
    const id = /^id +(\S+)$/m.exec(created.stderr)?.[1] ?? ''
    const { code, stdout, stderr } = await ada.run(['keys', 'rotate', id, '--overlap', 'PT0S'])
    expect([code, stdout === created.stdout]).toEqual([0, false])
    expect(stdout).toMatch(/^envoi_test_\S+\n$/)
    expect(stderr).toMatch(/^earlier values end +\d{4}-/m)
    const whoami = async (key: string) => (await ada.run(['whoami'], { env: { ENVOI_API_KEY: key } })).code
    expect([await whoami(stdout), await whoami(created.stdout)]).toEqual([0, 3])
    await ada.run(['keys', 'revoke', id])
  })

  test('are listed as many as are asked for, and it is said that there are more', async ({
    ada,
    account,
  }) => {
    for (let one = 0; one < 3; one++) await account.key({ role: 'analyst' })
    const two = await ada.json(['keys', 'list', '--limit', '2'])
    expect([(two.data.data as unknown[]).length, two.data.more]).toEqual([2, true])
    const all = await ada.json(['keys', 'list', '--all'])
    expect([(all.data.data as unknown[]).length, all.data.more]).toEqual([3, false])
    expect((await ada.run(['keys', 'list', '--limit', '1'])).stderr).toContain('There are more')
  })
})

describe('audit', () => {
  test('lists who did what, by what was done and to what', async ({ ada, account }) => {
    const { id } = await account.api.lists.create({ name: 'Friends' })
    await account.api.lists.update(id, { name: 'Family' })
    const { stdout } = await ada.run(['audit', 'list'])
    expect(stdout).toMatch(new RegExp(` lists\\.update +success +list ${id} `))
    const updates = await ada.json(['audit', 'list', '--action', 'lists.update'])
    expect(updates.data.data).toMatchObject([{ action: 'lists.update', target: { id }, changed: ['name'] }])
    const ofList = await ada.json(['audit', 'list', '--target', id])
    expect((ofList.data.data as { action: string }[]).map(({ action }) => action)).toEqual([
      'lists.update',
      'lists.create',
    ])
  })

  test('verifies, and says by its exit code when the record was tampered with', async ({
    ada,
    account,
    server,
  }) => {
    await account.api.lists.create({ name: 'Friends' })
    // what is sealed is what nothing older can come before any more
    server.platform.clock.advance(10 * 60_000)
    await sealAudit(server.platform, new AbortController().signal)
    const whole = await ada.run(['audit', 'verify'])
    expect([whole.code, whole.stdout]).toEqual([0, expect.stringContaining('The audit log holds.')])
    expect(whole.stdout).toContain('The consent ledger holds.')
    await server.platform.direct.query(
      `update audit_event set outcome = 'success, surely' where account_id = $1 and action = 'lists.create'`,
      [account.id],
    )
    const broken = await ada.run(['audit', 'verify'])
    expect([broken.code, broken.stdout]).toEqual([
      1,
      expect.stringContaining('The audit log does not hold: event_changed'),
    ])
    expect(await ada.json(['audit', 'verify'])).toMatchObject({
      code: 1,
      data: { firstBreak: { problem: 'event_changed' }, consents: { firstBreak: null } },
    })
  })

  test('verifies the consent ledger as well, for who may read it', async ({ ada, account, server }) => {
    const { platform } = server
    const { id } = await account.api.contacts.create({ email: 'grace@example.com' })
    await account.api.tracking.record(id, {
      state: 'refused',
      evidence: { source: 'telephone', collectedAt: '2026-11-20T08:12:00Z' },
    })
    platform.clock.advance(10 * 60_000)
    await sealLedgers(platform, new AbortController().signal)
    await platform.db.consentSeal.deleteMany({ where: { accountId: account.id } })
    const broken = await ada.run(['audit', 'verify'])
    expect([broken.code, broken.stdout]).toEqual([
      1,
      expect.stringContaining('The consent ledger does not hold: seal_missing, seal 1.'),
    ])
    const key = await account.key({ permissions: ['audit:read'] })
    const without = await ada.run(['audit', 'verify'], { env: { ENVOI_API_KEY: key } })
    expect([without.code, without.stdout]).toEqual([
      0,
      expect.stringContaining('The consent ledger was not verified'),
    ])
  })
})
