import { getCountries, getCountryCallingCode, parsePhoneNumberFromString } from 'libphonenumber-js/max'
import examples from 'libphonenumber-js/mobile/examples'
import { expect, test } from 'vitest'
import { isPlainE164 } from './e164.ts'

const isAsStored = (text: string) => {
  const number = parsePhoneNumberFromString(text, { extract: false })
  return number?.isValid() === true && number.number === text
}

/** The numbers around a valid one: another digit, one more, one less. */
function* around(national: string, random: () => number): Generator<string> {
  yield national
  yield national.slice(1)
  yield `${national}${Math.floor(random() * 10)}`
  for (let count = 0; count < 40; count++) {
    const at = Math.floor(random() * national.length)
    yield `${national.slice(0, at)}${Math.floor(random() * 10)}${national.slice(at + 1)}`
  }
}

test('what is recognised in passing is what libphonenumber takes for valid and leaves as it is', () => {
  let seed = 7
  const random = () => {
    seed = (seed * 48_271) % 2_147_483_647
    return seed / 2_147_483_647
  }
  let recognised = 0
  for (const country of getCountries()) {
    const code = getCountryCallingCode(country)
    for (const national of around(examples[country] ?? '', random)) {
      const text = `+${code}${national}`
      if (!isPlainE164(text)) continue
      recognised++
      expect(isAsStored(text), text).toBe(true)
    }
  }
  expect(recognised).toBeGreaterThan(2_000)
})

test('French mobiles are recognised, and nothing that is not written as it is stored', () => {
  expect(isPlainE164('+33612345678')).toBe(true)
  for (const text of [
    '0612345678',
    '+33 6 12 34 56 78',
    '+330612345678',
    '+3361234567',
    '+999612345678',
    '+33',
  ])
    expect(isPlainE164(text), text).toBe(false)
})
