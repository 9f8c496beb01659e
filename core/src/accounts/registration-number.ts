/**
 * Numbers of companies in France: a SIREN of nine digits names the company, a SIRET of fourteen one of its sites, and begins
 * with the SIREN (Code de commerce, art. R123-220 and R123-221). The last digit of each is a check by Luhn's formula (ISO/IEC
 * 7812-1, annex B). La Poste (SIREN 356000000) has more sites than that leaves room for: the digits of its SIRETs add up to a
 * multiple of five instead, but for the head office, which keeps to Luhn.
 */

const laPoste = '356000000'

/** Of a country, as it is stored; null when it is none. Countries but France are taken at their word. */
export function registrationNumber(country: string | undefined, text: string): string | null {
  const trimmed = text.trim()
  if (country !== 'FR') return trimmed
  // people write them in groups
  const digits = trimmed.replace(/[\s.\u00a0\u202f-]/g, '')
  return isSiren(digits) || isSiret(digits) ? digits : null
}

const isSiren = (digits: string) => /^\d{9}$/.test(digits) && !/^0+$/.test(digits) && isLuhn(digits)

function isSiret(digits: string): boolean {
  if (!/^\d{14}$/.test(digits)) return false
  const siren = digits.slice(0, 9)
  if (siren === laPoste && sum([...digits].map(Number)) % 5 === 0) return true
  return isSiren(siren) && isLuhn(digits)
}

/** From the right, every second digit counts twice, and the digits of what comes out are added up. */
function isLuhn(digits: string): boolean {
  const counted = [...digits].reverse().map((digit, place) => {
    const value = Number(digit) * (place % 2 === 0 ? 1 : 2)
    return value > 9 ? value - 9 : value
  })
  return sum(counted) % 10 === 0
}

const sum = (numbers: readonly number[]) => numbers.reduce((total, number) => total + number, 0)
