/** What a person asks for: their data, and to be forgotten. */
import { readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from './cli.ts'

const grace = { email: 'grace@example.com', firstName: 'Grace', externalId: 'crm-1' }

describe('export', () => {
  test('gives all that is held about a contact, named in each way', async ({ ada, account }) => {
    const { id } = await account.api.contacts.create(grace)
    for (const named of [[id], ['grace@example.com'], ['--external-id', 'crm-1']]) {
      const { code, stdout } = await ada.run(['export', ...named])
      expect([code, JSON.parse(stdout)]).toEqual([0, expect.objectContaining({})])
      expect(stdout).toContain('grace@example.com')
    }
    const csv = await ada.run(['export', id, '--format', 'csv'])
    expect(csv.stdout).toMatch(/^section,item,name,value\r?\n/)
    expect((await ada.json(['export', id])).code).toBe(0)
    expect((await ada.run(['export', id, '--format', 'csv', '--json'])).code).toBe(2)
    expect((await ada.run(['export', id, '--external-id', 'crm-1'])).code).toBe(2)
  })

  test('writes a file that nobody else can read', async ({ ada, account }) => {
    const { id } = await account.api.contacts.create(grace)
    const file = join(ada.folder, 'grace.csv')
    // that stood open
    await writeFile(file, '', { mode: 0o644 })
    expect(await ada.json(['export', id, '-o', 'grace.csv'])).toEqual({
      code: 0,
      data: { contactId: id, file: 'grace.csv', format: 'csv' },
    })
    expect((await stat(file)).mode & 0o777).toBe(0o600)
    expect(await readFile(file, 'utf8')).toContain('grace@example.com')
    const lost = await ada.run(['export', id, '-o', 'nowhere/grace.json'])
    expect([lost.code, lost.stderr]).toEqual([1, expect.stringContaining('ENOENT')])
  })
})

describe('erase', () => {
  test('waits for the receipt, which names nobody', async ({ ada, account, workers: _ }) => {
    const { id } = await account.api.contacts.create(grace)
    const { code, stdout } = await ada.run(['erase', 'grace@example.com', '--yes'])
    expect(code).toBe(0)
    expect(stdout).toMatch(/^reason +request$/m)
    expect(stdout).toMatch(/^contact +1$/m)
    expect(stdout).not.toMatch(/grace/i)
    expect((await ada.run(['export', id])).code).toBe(4)
    // who asked to be erased does not come back
    expect((await account.api.contacts.create(grace).catch((error) => error)).code).toBe('contact_erased')
  })

  test('gives the receipt as data, and for a cleanup keeps nothing', async ({ ada, account, workers: _ }) => {
    await account.api.contacts.create(grace)
    const args = ['erase', '--external-id', 'crm-1', '--reason', 'cleanup', '-y']
    const { code, data } = await ada.json(args)
    expect([code, data]).toEqual([0, expect.objectContaining({ status: 'completed', reason: 'cleanup' })])
    expect(await ada.json(['erase', '--resume', String(data.id)])).toMatchObject({
      code: 0,
      data: { id: data.id },
    })
    await account.api.contacts.create(grace)
  })

  test('does nothing where nobody is there to confirm it', async ({ ada, account }) => {
    const { id } = await account.api.contacts.create(grace)
    const { code, stderr } = await ada.run(['erase', id], { input: 'yes\n' })
    expect([code, stderr]).toEqual([2, expect.stringContaining('give --yes')])
    expect(await account.api.contacts.get(id)).toMatchObject({ id })
  })

  test('says at Ctrl-C that it goes on, and how to get the receipt', async ({ ada, account, drain }) => {
    const { id } = await account.api.contacts.create(grace)
    const running = ada.start(['erase', id, '--yes'])
    await running.says('Waiting for the receipt')
    running.interrupt()
    const { code, stderr } = await running.ended
    const [, erasure = ''] = /`envoi erase --resume (\S+)`/.exec(stderr) ?? []
    expect(code).toBe(130)
    await drain()
    expect((await ada.json(['erase', '--resume', erasure])).data).toMatchObject({ status: 'completed' })
  })
})
