/** People of the same file always: enough alike to be people, enough unlike for indexes not to be sorted. */
const first = ['Ada', 'Émilie', 'Grace', 'Hedy', 'Joséphine', 'Léo', 'Marie', 'Noël', 'Sophie', 'Zoé']
const last = [
  'Lovelace',
  'du Châtelet',
  'Hopper',
  'Lamarr',
  'Baker',
  'Müller',
  'Curie',
  'Martin',
  'Germain',
  'Durand',
]
const cities = ['Paris', 'Orléans', 'Besançon', 'Nîmes', 'Brest', 'Lyon', 'Saint-Étienne']

/** `round` changes what is known of everybody, but not who they are. */
export function* importLines(rows: number, round = 0): Generator<string> {
  yield 'Email,Phone,Ref,First,Last,Country,City,Score\n'
  for (let start = 0; start < rows; start += 1_000) {
    let block = ''
    for (let n = start; n < Math.min(rows, start + 1_000); n++) {
      // a step that shares no factor with the modulus visits every number once, in no order
      const mixed = (n * 7_368_787) % 100_000_007
      block += `user.${mixed.toString(36)}.${n}@example${mixed % 500}.com,+336${String(10_000_000 + n).padStart(8, '0')},crm-${mixed},${first[mixed % 10]},${last[(mixed + round) % 10]},FR,"${cities[mixed % 7]}, centre",${(mixed + round) % 100}\n`
    }
    yield block
  }
}

export const importColumns = {
  Email: 'email',
  Phone: 'phone',
  Ref: 'externalId',
  First: 'firstName',
  Last: 'lastName',
  Country: 'attributes.country',
  City: 'attributes.city',
  Score: 'attributes.score',
}
