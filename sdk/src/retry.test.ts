import { expect, test } from 'vitest'
import { backoff } from './retry.ts'

test('clients that fail together do not come back together: a quarter of the wait is left to chance', () => {
  expect([0, 0.5, 1].map((chance) => backoff(1, () => chance))).toEqual([500, 437.5, 375])
  expect(backoff(30, () => 0)).toBe(8000)
})
