import { expect, test } from 'vitest'
import { isTrackingRefused } from './tracking-refusal.ts'

const noes = [
  '1',
  ' 1 ',
  '1, 1',
  '1,1',
  '0, 1',
  '1, 0',
  '?1',
  '?1, ?1',
  '"1"',
  '1;x',
  '1 ; x=1',
  '?1;a=b',
  '1 x',
  '1\tx',
  '1xyz',
  '1.0',
  'true',
  'TRUE',
  'yes',
  'On',
]

test.each(noes)('%j is a no, in either header and in a list', (value) => {
  for (const name of ['dnt', 'sec-gpc']) {
    expect(isTrackingRefused({ [name]: value })).toBe(true)
    expect(isTrackingRefused({ [name]: [value, '0'] })).toBe(true)
    expect(isTrackingRefused({ [name]: ['0', value] })).toBe(true)
  }
})

test.each(['', '0', '?0', '0, 0', 'unspecified', 'null', 'false', '10', '0;1', '0 1', 'x1', ',,'])(
  '%j is none',
  (value) => {
    for (const name of ['dnt', 'sec-gpc']) expect(isTrackingRefused({ [name]: value })).toBe(false)
  },
)

test('without either header nobody has said no', () => {
  expect(isTrackingRefused({})).toBe(false)
  expect(isTrackingRefused({ dnt: undefined, 'sec-gpc': '0' })).toBe(false)
})
