import type pg from 'pg'
import { expect, test } from 'vitest'
import { lookupTogether } from './lookup-together.ts'

const platform = { pool: {} as pg.Pool }

function counted(find: (key: string) => string | Error) {
  const asked: string[][] = []
  const lookup = lookupTogether<string, string>(async (_pool, keys) => {
    asked.push([...keys])
    return keys.map((key) => {
      const found = find(key)
      if (found instanceof Error) throw found
      return found
    })
  })
  return { asked, lookup: (key: string) => lookup(platform, key) }
}

test('what is asked in one turn is one query, and each gets its own answer', async () => {
  const { asked, lookup } = counted((key) => `of ${key}`)
  expect(await Promise.all(['a', 'b', 'a'].map(lookup))).toEqual(['of a', 'of b', 'of a'])
  expect(asked).toEqual([['a', 'b', 'a']])
})

test('nothing is remembered: who asks later gets what is so then', async () => {
  let revoked = false
  const { asked, lookup } = counted(() => (revoked ? 'nobody' : 'somebody'))
  expect(await lookup('key')).toBe('somebody')
  revoked = true
  expect(await lookup('key')).toBe('nobody')
  expect(asked).toHaveLength(2)
})

test('the query starts after the last who joins it, so a change before that is seen by all', async () => {
  let revoked = false
  const { lookup } = counted(() => (revoked ? 'nobody' : 'somebody'))
  const first = lookup('key')
  revoked = true
  expect(await Promise.all([first, lookup('key')])).toEqual(['nobody', 'nobody'])
})

test('more than a hundred are asked for in several queries', async () => {
  const { asked, lookup } = counted((key) => key)
  const keys = Array.from({ length: 250 }, (_, number) => String(number))
  expect(await Promise.all(keys.map(lookup))).toEqual(keys)
  expect(asked.map(({ length }) => length)).toEqual([100, 100, 50])
})

test('a query that fails fails for who asked together, and not for who asks next', async () => {
  let isAway = true
  const { lookup } = counted((key) => (isAway ? new Error('away') : key))
  await expect(Promise.all([lookup('a'), lookup('b')])).rejects.toThrow('away')
  isAway = false
  expect(await lookup('a')).toBe('a')
})
