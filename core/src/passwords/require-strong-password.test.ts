import { expect, test } from 'vitest'
import { generatePassword } from '../access/password.ts'
import { requireStrongPassword } from './require-strong-password.ts'

const ada = {
  name: 'Atelier des Lilas',
  firstName: 'Adélaïde',
  lastName: 'Lovelace',
  email: 'ada@lilas.example',
}
const check = (password: string) => requireStrongPassword('/password', password, [ada])

test.each([
  'short',
  'seven-7',
  'password',
  'password1234',
  'P@ssw0rd2026!',
  'azertyuiop',
  'qwertyuiop123',
  '12345678901234567890',
  'aaaaaaaaaaaaaaaaaaaaaaaa',
  'abcdefghijklmnop',
  'motdepasse',
  'Motdepasse1!',
  'doudou2024',
  'Lovelace1815',
  'AtelierDesLilas',
  'lilas-lilas-lilas',
  'adélaïde2026',
])('%j is refused', async (password) => {
  await expect(check(password)).rejects.toMatchObject({ code: 'invalid', fields: [{ pointer: '/password' }] })
})

test.each([
  'calm-otter-47-lantern',
  'bateau vapeur 12 grenouille',
  'kT7$mqz9Lw',
  'жёлтый верблюд поёт',
  '🐢 lente mais sûre 🐇',
  'x'.repeat(3) + 'Rk8#vPz2'.repeat(2),
])('%j is taken: no rule says of what it must consist', async (password) => {
  await expect(check(password)).resolves.toBeUndefined()
})

test('what is generated is always taken', async () => {
  for (let n = 0; n < 50; n += 1) await expect(check(generatePassword())).resolves.toBeUndefined()
})

test('128 characters are taken whatever their bytes, 129 are not', async () => {
  const long = (length: number) =>
    [...'quatorze girafes 🦒 boivent du thé au jasmin. '.repeat(5)].slice(0, length).join('')
  await expect(check(long(128))).resolves.toBeUndefined()
  await expect(check(long(129))).rejects.toMatchObject({ code: 'invalid' })
})

test('nobody keeps the server busy with a password made to be hard to judge', async () => {
  const nasty = [
    '4@8({[<369&#!1/|0$5+7%2'.repeat(6).slice(0, 128),
    'p@$$w0rd'.repeat(16),
    '1234567890'.repeat(12),
    'a1!'.repeat(42),
    '@'.repeat(128),
    'aA'.repeat(64),
  ]
  // loads the dictionaries
  await check('calm-otter-47-lantern')
  const start = process.cpuUsage()
  for (const password of nasty) await check(password).catch(() => undefined)
  const { user, system } = process.cpuUsage(start)
  // of the processor, not of the clock on the wall; with all readings that zxcvbn would try these take ten seconds
  expect((user + system) / 1_000).toBeLessThan(3_000)
})
