const names = new Intl.DisplayNames('en', { type: 'region', fallback: 'none' })
/** What Unicode names besides countries (CLDR, regions): unions, outlying areas, the unknown, pseudo-regions. */
const noCountries: ReadonlySet<string> = new Set(['EU', 'EZ', 'UN', 'QO', 'ZZ', 'XA', 'XB'])

/** Whether two letters are a country's code today (ISO 3166-1): `UK` and `SU` are names of others, which stand for them. */
export const isCountry = (code: string): boolean =>
  /^[A-Z]{2}$/.test(code) &&
  !noCountries.has(code) &&
  names.of(code) !== undefined &&
  new Intl.Locale(`und-${code}`).region === code
