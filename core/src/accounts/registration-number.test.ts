import { describe, expect, test } from 'vitest'
import { registrationNumber } from './registration-number.ts'

describe('a registration number in France', () => {
  test.each([
    ['732829320', '732829320'],
    ['732 829 320', '732829320'],
    ['73282932000074', '73282932000074'],
    ['732\u202f829\u202f320 00074', '73282932000074'],
    // La Poste: the company, its head office by Luhn, a site by the sum of its digits
    ['356000000', '356000000'],
    ['35600000000048', '35600000000048'],
    ['35600000049837', '35600000049837'],
  ])('%s is taken', (text, stored) => {
    expect(registrationNumber('FR', text)).toBe(stored)
  })

  test.each([
    ['a digit is wrong', '732829321'],
    ['two digits are swapped', '723829320'],
    ['the site is wrong', '73282932000075'],
    ['its SIREN is wrong, though its own check holds', '73282932100072'],
    ['a site of La Poste fits neither rule', '35600000049838'],
    ['it has too few digits', '73282932'],
    ['it has a number of VAT in it', 'FR44732829320'],
    ['it is all zeros', '000000000'],
    ['its digits are not ASCII', '٧٣٢٨٢٩٣٢٠'],
    ['it is empty', ''],
  ])('is refused when %s', (_, text) => {
    expect(registrationNumber('FR', text)).toBeNull()
  })
})

test('numbers of other countries are free', () => {
  expect(registrationNumber('DE', ' HRB 12345 B ')).toBe('HRB 12345 B')
  expect(registrationNumber(undefined, '732829321')).toBe('732829321')
})
