import { describe, expect, test } from 'vitest'
import { isDatabaseAway, sqlStateOf, unavailabilityOf } from './database-away.ts'

const coded = (code: string) => Object.assign(new Error('…'), { code })

/** As Prisma wraps what its driver adapter was told. */
const wrapped = (originalCode: string) =>
  Object.assign(new Error('…'), {
    code: 'P2010',
    meta: { driverAdapterError: { name: 'DriverAdapterError', cause: { kind: 'postgres', originalCode } } },
  })

describe('what will pass is told from what is wrong', () => {
  test.each([
    [new Error('timeout exceeded when trying to connect'), 'away'],
    [new Error('Connection terminated unexpectedly'), 'away'],
    [new Error('Client was closed and is not queryable'), 'away'],
    [coded('ECONNREFUSED'), 'away'],
    [coded('P2024'), 'away'],
    [coded('53300'), 'away'],
    [wrapped('53200'), 'away'],
    [coded('57P03'), 'away'],
    [wrapped('08006'), 'away'],
    [wrapped('53100'), 'full'],
    [coded('25006'), 'full'],
    [wrapped('57014'), 'late'],
  ])('%s', (error, why) => expect(unavailabilityOf(error)).toBe(why))

  test.each([new Error('no'), coded('23505'), wrapped('42601'), coded('P2002'), coded('ENOENT'), null, 'no'])(
    'not %s',
    (error) => {
      expect(unavailabilityOf(error)).toBeUndefined()
      expect(isDatabaseAway(error)).toBe(false)
    },
  )
})

test('the SQLSTATE is found under the codes of Prisma, and no other code passes for one', () => {
  expect(sqlStateOf(wrapped('42P01'))).toBe('42P01')
  expect(sqlStateOf(coded('P0001'))).toBe('P0001')
  for (const code of ['P2010', 'EPIPE', 'ENOENT', 'ECONNRESET'])
    expect(sqlStateOf(coded(code))).toBeUndefined()
})
