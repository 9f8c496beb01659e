/*
 * An audience in the column layout of Mailchimp's audience export, with the dirt such files gather over the years. All
 * people are invented; addresses are on domains that exist nowhere (RFC 2606), phone numbers are those that the French
 * regulator keeps for fiction, IP addresses those kept for documentation (RFC 5737).
 */
import type { Faker } from '@faker-js/faker'
import { faker as english } from '@faker-js/faker/locale/en_GB'
import { faker as french } from '@faker-js/faker/locale/fr'

export const audienceColumns = [
  'Email Address',
  'First Name',
  'Last Name',
  'Address',
  'Phone Number',
  'Birthday',
  'MEMBER_RATING',
  'OPTIN_TIME',
  'OPTIN_IP',
  'CONFIRM_TIME',
  'CONFIRM_IP',
  'LATITUDE',
  'LONGITUDE',
  'GMTOFF',
  'DSTOFF',
  'TIMEZONE',
  'CC',
  'REGION',
  'LAST_CHANGED',
  'LEID',
  'EUID',
  'NOTES',
  'TAGS',
] as const

type Person = Record<(typeof audienceColumns)[number], string>

/** What is wrong in the file, counted by row, so that an import can be checked against it. */
export interface AudienceDirt {
  rows: number
  /** The address of an earlier row, written the same or in another case. */
  duplicates: number
  /** Not an address at all. */
  invalidAddresses: number
  /** A row that was cut by hand in a spreadsheet, and lacks cells. */
  cutRows: number
}

const places = [
  { city: 'Paris', region: 'IDF', latitude: 48.86, longitude: 2.35, country: 'France' },
  { city: 'Orléans', region: 'CVL', latitude: 47.9, longitude: 1.91, country: 'France' },
  { city: 'Besançon', region: 'BFC', latitude: 47.24, longitude: 6.02, country: 'France' },
  { city: 'Saint-Étienne', region: 'ARA', latitude: 45.44, longitude: 4.39, country: 'France' },
  { city: 'Nîmes', region: 'OCC', latitude: 43.84, longitude: 4.36, country: 'France' },
  { city: 'Brest', region: 'BRE', latitude: 48.39, longitude: -4.49, country: 'France' },
]
const domains = [
  'example.com',
  'example.org',
  'example.net',
  'courriel.example',
  'boite.example',
  'atelier-des-lilas.example',
  'mail.test',
]
const tags = ['Client', 'Prospect', 'Salon 2025', 'Newsletter', 'Boutique', 'Parrainage', 'VIP', 'Été, hiver']
const notes = [
  'Rencontrée au salon.\nRappeler en septembre.',
  'Préfère être appelé le matin, "jamais après 18 h".',
  'Ancien client ; revenu en 2024.\r\nDemande : tarif, délais, livraison.',
  'Met at the "Maker Faire", wants the catalogue.',
  '=1+1',
  '@SUM(A1:A9)',
  '+2 personnes',
  '-',
]
const invalidAddresses = [
  (name: string) => name,
  (name: string) => `${name}@`,
  (name: string) => `${name}@example`,
  (name: string) => `${name}@@example.com`,
  (name: string) => `${name} @example.com`,
  (name: string) => `${name}@example..com`,
  (name: string) => `${name},@example.com`,
  (name: string) => `${name}@example.com;${name}2@example.com`,
  () => 'n/a',
  () => '',
]

/** Yields the file as text, a row at a time; returns what is wrong in it. The same seed gives the same file. */
export function* makeAudience(rows: number, seed: number): Generator<string, AudienceDirt> {
  for (const faker of [french, english]) {
    faker.seed(seed)
    faker.setDefaultRefDate('2026-11-15T00:00:00Z')
  }
  const dirt: AudienceDirt = { rows, duplicates: 0, invalidAddresses: 0, cutRows: 0 }
  const addresses: string[] = []
  const chance = (probability: number) => french.datatype.boolean({ probability })

  // Mailchimp's files are in UTF-8 with a byte order mark, for Excel's sake.
  yield `\uFEFF${audienceColumns.join(',')}\n`
  for (let index = 0; index < rows; index++) {
    const person = invent(chance(0.8) ? french : english, index)
    const earlier = index > 20 && chance(0.015) ? french.helpers.arrayElement(addresses) : undefined
    if (earlier !== undefined) {
      dirt.duplicates++
      person['Email Address'] = chance(0.5) ? earlier : recased(earlier)
    } else if (chance(0.012)) {
      dirt.invalidAddresses++
      const [name = ''] = person['Email Address'].split('@')
      person['Email Address'] = french.helpers.arrayElement(invalidAddresses)(name)
    } else {
      addresses.push(person['Email Address'])
      if (chance(0.04)) person['Email Address'] = recased(person['Email Address'])
      if (chance(0.02)) person['Email Address'] = ` ${person['Email Address']}  `
    }
    const line = audienceColumns.map((column) => quoted(person[column]))
    // Of rows whose address is worth something, so that every row is wrong in one way at most.
    if (earlier === undefined && chance(0.001) && addresses.at(-1) === person['Email Address']) {
      dirt.cutRows++
      addresses.pop()
      line.length = 7
    }
    yield `${line.join(',')}\n`
  }
  return dirt
}

function invent(faker: Faker, index: number): Person {
  const isFrench = faker === french
  const firstName = faker.person.firstName()
  const lastName = faker.person.lastName()
  const { city, region, latitude, longitude, country } = faker.helpers.arrayElement(places)
  const optIn = faker.date.between({ from: '2019-01-01T00:00:00Z', to: '2026-10-01T00:00:00Z' })
  const confirmed = new Date(optIn.getTime() + faker.number.int({ min: 20, max: 86_400 }) * 1000)
  const changed = faker.date.between({ from: confirmed, to: '2026-11-15T00:00:00Z' })
  // The number keeps addresses apart; people called the same do exist.
  const mailbox = `${slug(firstName)}.${slug(lastName)}${index}`
  const maybe = (probability: number, make: () => string) =>
    faker.datatype.boolean({ probability }) ? make() : ''
  const ip = () =>
    `${faker.helpers.arrayElement(['192.0.2', '198.51.100', '203.0.113'])}.${faker.number.int({ min: 1, max: 254 })}`
  return {
    'Email Address': `${mailbox}@${faker.helpers.arrayElement(domains)}`,
    'First Name': maybe(0.94, () => spelled(faker, firstName)),
    'Last Name': maybe(0.97, () => spelled(faker, lastName)),
    // Mailchimp puts the parts of an address in one cell, two spaces apart.
    Address: maybe(0.5, () =>
      [faker.location.streetAddress(), city, faker.location.zipCode(), country].join('  '),
    ),
    'Phone Number': maybe(0.4, () => phone(faker)),
    Birthday: maybe(0.3, () => faker.date.birthdate().toISOString().slice(5, 10).replace('-', '/')),
    MEMBER_RATING: String(faker.number.int({ min: 1, max: 5 })),
    OPTIN_TIME: time(optIn),
    OPTIN_IP: maybe(0.9, ip),
    CONFIRM_TIME: time(confirmed),
    CONFIRM_IP: ip(),
    LATITUDE: String(latitude),
    LONGITUDE: String(longitude),
    GMTOFF: '1',
    DSTOFF: '2',
    TIMEZONE: 'Europe/Paris',
    CC: isFrench ? 'fr' : 'gb',
    REGION: region,
    LAST_CHANGED: time(changed),
    LEID: String(400_000_000 + index * 7),
    EUID: faker.string.hexadecimal({ length: 10, casing: 'lower', prefix: '' }),
    NOTES: maybe(0.03, () => faker.helpers.arrayElement(notes)),
    // Each tag in quotes inside the cell, which CSV then doubles.
    TAGS: faker.helpers
      .arrayElements(tags, { min: 0, max: 3 })
      .map((tag) => `"${tag}"`)
      .join(','),
  }
}

/** A name as somebody typed it into a form. */
function spelled(faker: Faker, name: string): string {
  return faker.helpers.weightedArrayElement([
    { weight: 90, value: name },
    { weight: 3, value: name.toUpperCase() },
    { weight: 3, value: name.toLowerCase() },
    { weight: 2, value: `${name} ` },
    { weight: 1, value: name.normalize('NFD') },
    { weight: 0.5, value: `${name} "${name.slice(0, 3)}"` },
    { weight: 0.2, value: `=${name}` },
  ])
}

/** Numbers that ARCEP keeps for works of fiction (numbering plan, decision 2018-0881). */
function phone(faker: Faker): string {
  const digits = `63998${faker.string.numeric(4)}`
  const pairs = `0${digits}`.replace(/(..)(?=.)/g, '$1 ')
  return faker.helpers.arrayElement([
    `+33${digits}`,
    `0${digits}`,
    pairs,
    pairs.replace(/^0/, '+33 '),
    pairs.replaceAll(' ', '.'),
  ])
}

function time(date: Date): string {
  return date.toISOString().slice(0, 19).replace('T', ' ')
}

function slug(name: string): string {
  return name
    .normalize('NFD')
    .replace(/[^a-zA-Z]/g, '')
    .toLowerCase()
}

function recased(address: string): string {
  return address.replace(
    /(^|[.@])([a-z])/g,
    (_, before: string, letter: string) => before + letter.toUpperCase(),
  )
}

function quoted(cell: string): string {
  return /[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell
}
