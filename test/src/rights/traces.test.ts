import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import { searchFor } from './traces.ts'

const email = 'zephyrine.quetzal@example.com'
const name = 'Zéphyrine'

test.each([
  ['as it is', `a line with ${email} in it`],
  ['in capitals', email.toUpperCase()],
  ['without its accent', 'ZEPHYRINE'],
  ['in decomposed Unicode', name.normalize('NFD')],
  ['in an address', `/?to=${encodeURIComponent(email)}`],
  ['in JSON', JSON.stringify({ name }).replace('é', '\\u00e9')],
  ['in a mail', 'Z=C3=A9phyrine'],
  ['in HTML', 'Z&#233;phyrine'],
  ['in bytes', `\\x00ff${Buffer.from(email).toString('hex')}00`],
  ['in UTF-16', `\\x${Buffer.from(email, 'utf16le').toString('hex')}`],
  ...[0, 1, 2, 3].map((shift) => [
    `in base64, ${shift} bytes in`,
    Buffer.from(`${'x'.repeat(shift)}${email} and more`).toString('base64url'),
  ]),
  ['hashed without a key', createHash('sha256').update(email).digest('hex')],
  ['hashed without a key, in base64', createHash('md5').update(email).digest('base64')],
])('a person is found %s', (_, line) => {
  expect(searchFor([email, name])([line])).toHaveLength(1)
})

test('who is not there is not found', () => {
  const others = [
    'zephyr@example.com',
    createHash('sha256').update('grace').digest('hex'),
    'Zéphyr Quetzalcoatl',
  ]
  expect(searchFor([email, name])(others)).toEqual([])
})
