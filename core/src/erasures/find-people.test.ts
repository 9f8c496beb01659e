import { describe, expect, test } from 'vitest'
import { costOf } from '../testing/processor-time.ts'
import { findPeople, withoutMentions } from './find-people.ts'

const ada = {
  email: 'ada.lovelace@xn--bcher-kva.example',
  phone: '+33612345678',
  externalId: 'CRM-4711',
  firstName: 'Zoé Ada',
  lastName: 'Lovelace',
}
const nobody = { email: null, phone: null, externalId: null, firstName: null, lastName: null }
const bob = { ...nobody, email: 'bob+shop@example.com', phone: '+12025550123', externalId: '7' }
const find = findPeople([nobody, ada, bob])
const without = (text: string) => withoutMentions(text, find(text), (kind) => `<${kind}>`)

describe('the mention goes, and the words around it stay', () => {
  for (const [text, expected] of [
    ['Write to ADA.Lovelace@bücher.example.', 'Write to <email>.'],
    ['<a href="mailto:ada.lovelace@xn--bcher-kva.example?x=1">', '<a href="mailto:<email>?x=1">'],
    ['https://x.example/?e=bob%40example.com&y=1', 'https://x.example/?e=<email>&y=1'],
    [
      'https://x.example/?u=https%3A%2F%2Fy.example%2F%3Fe%3Dbob%2540example.com%26z',
      'https://x.example/?u=https%3A%2F%2Fy.example%2F%3Fe%3D<email>%26z',
    ],
    ['bob&#64;example&period;com', '<email>'],
    ['bob&#x40;example.com;', '<email>;'],
    ['bob\\u0040example.com', '<email>'],
    ['bob=40example=2Ecom', '<email>'],
    ['bob [at] example [dot] com', '<email>'],
    ['call bob(at)example.com now', 'call <email> now'],
    ['bob at example dot com', '<email>'],
    ['bob_at_example.com', '<email>'],
    ['bob <arobase> example (point) com', '<email>'],
    ['bob @ example.com', '<email>'],
    ['ｂｏｂ＠ｅｘａｍｐｌｅ．ｃｏｍ', '<email>'],
    ['b\u00adob@exa\u200bmple.com', '<email>'],
    ['bob@example.com, bob+news@example.com', '<email>, <email>'],
    ['06 12 34 56 78', '<phone>'],
    ['(+33 6.12.34.56.78)', '(+<phone>)'],
    ['+33 (0)6-12-34-56-78', '+<phone>'],
    ['0033612345678', '<phone>'],
    ['tel:+33612345678', 'tel:+<phone>'],
    ['(202) 555-0123', '(<phone>'],
    ['0612345678 0698765432', '<phone> 0698765432'],
    ['see crm-4711.', 'see <externalId>.'],
    ['see crm-4711, please', 'see <externalId>, please'],
    ['A note of ZOE-ADA lovelace', 'A note of <name>'],
    ['bob%252540example.com', '<email>'],
    ['bob&amp;#0000000064;example.com', '<email>'],
    ['bob&ZeroWidthSpace;@example.com', '<email>'],
    ['bob\\\\u0040example.com, bob\\x40example\\.com, bob\\u{40}example.com', '<email>, <email>, <email>'],
    ['bob (a t) example (d o t) com', '<email>'],
    ['bob «at» example -dot- com', '<email>'],
    ['bob @ example . com', '<email>'],
    ['bob＠example。com', '<email>'],
    ['bob<wbr>@<!-- x -->example.com', '<email><wbr><!-- x -->'],
    ['<b>bob</b>@example.com', '<b><email></b>'],
    ['_bob@example.com_', '_<email>_'],
    ['-bob@example.com ...bob@example.com', '-<email> ...<email>'],
    ['06–12–34–56–78', '<phone>'],
    ['06·12·34·56·78', '<phone>'],
    ['06_12_34_56_78', '<phone>'],
    ['06‑12<b>34</b>5678', '<phone><b></b>'],
    ['0698765432\n0698765433\n0612345678', '0698765432\n0698765433\n<phone>'],
    ['id:crm-4711', 'id:<externalId>'],
    ['*crm-4711*', '*<externalId>*'],
    ['Zoé&nbsp;Ada (Lovelace)', '<name>)'],
    ['"Zoé Ada","Lovelace"', '"<name>"'],
    ['<td>Zoé Ada</td>\n  <td>Lovelace</td>', '<td><name></td><td></td>'],
    ['<b>Zoé Ada</b> <i>Lovelace</i>', '<b><name></b><i></i>'],
    ['Lovelace, Zoe\u0301 Ada', '<name>'],
    ['LOVELACE_zoe_ada', '<name>'],
    ['bobATexample.com, bobATexampleDOTcom, BOBatEXAMPLEdotCOM', '<email>, <email>, <email>'],
    ['bob\\40example.com, bob\\40 example\\2e com, bob\\000040example.com', '<email>, <email>, <email>'],
    ['\\62 ob\\40 example.com', '<email>'],
    ['bob%26%2364%3Bexample.com', '<email>'],
    ['bob&percnt;40example.com', '<email>'],
    ['bob%5Cu0040example.com', '<email>'],
    ['٠٦ ١٢ ٣٤ ٥٦ ٧٨', '<phone>'],
    ['０６１２３４５６７８, +٣٣٦١٢٣٤٥٦٧٨', '<phone>, +<phone>'],
    [
      '12345678901234567890 12345678901234567890 0612345678',
      '12345678901234567890 12345678901234567890 <phone>',
    ],
    ['Zoé Ada B. Lovelace, Zoé Ada M. K. Lovelace', '<name>, <name>'],
    ['Lovelace, Zoé Ada', '<name>'],
    ['zoe-ada.lovelace.pdf zoe_ada-lovelace_2.jpg', '<name>.pdf <name>_2.jpg'],
    ['Zoe Ada Lovelace', '<name>'],
    ['Zoé%20Ada%20Lovelace', '<name>'],
  ] as const)
    test(text, () => expect(without(text)).toBe(expected))
})

describe('nobody is found in', () => {
  for (const text of [
    '',
    'kebob@example.com',
    'x-bob@example.com',
    'bob@example.com.fr',
    'bob@example.community',
    'look at example.com',
    '106 12 34 56 78',
    '0612345679',
    '30612345678',
    'crm-47110',
    'Ada Lovelace',
    'Zoé, 20 years, Ada (Lovelace)',
    '7',
    'bobATTENTION example.com',
    'Zoé Ada B. Byron Lovelace',
    'C:\\40 files, \\2e',
    '٠٦ ١٢ ٣٤ ٥٦ ٧٩',
    'a'.repeat(10_000),
  ])
    test(JSON.stringify(text).slice(0, 60), () => expect(without(text)).toBe(text))
})

test('letters that some do not have, and ids with signs in them, are found as they are written', () => {
  const find = findPeople([
    { ...nobody, firstName: 'Søren', lastName: 'Müller-Strauß', externalId: 'shop/4711' },
  ])
  const found = (text: string) => find(text).map(({ kind }) => kind)
  for (const text of ['SOREN MULLER STRAUSS', 'Mueller Strauss, Soren', 'Søren Müller-Strauß'])
    expect(found(text), text).toContain('name')
  for (const text of ['see shop/4711.', 'shop%2F4711', 'x?id=shop/4711'])
    expect(found(text)).toContain('externalId')
})

test('a name that somebody else bears as well is no mention', () => {
  expect(findPeople([ada], () => true)('Zoé Ada Lovelace')).toEqual([])
})

test('a thousand people cost hardly more than one', { timeout: 60_000 }, () => {
  const timed = (people: (typeof ada)[], texts: string[]) => {
    const search = findPeople(people)
    return costOf(() => texts.forEach((text) => void search(text)))
  }
  const many = Array.from({ length: 1_000 }, (_, n) => ({
    ...ada,
    email: `p${n}@example.com`,
    phone: `+336123${String(n).padStart(5, '0')}`,
    externalId: `crm-${10_000 + n}`,
    lastName: `Lovelace ${String.fromCharCode(97 + (n % 26), 97 + ((n / 26) % 26))}`,
  }))
  const notes = Array.from(
    { length: 5_000 },
    (_, n) => `Note ${n}: met at the fair, likes tea and Zoé, call 01 23 45 67 89`,
  )
  timed([ada], notes)
  expect(timed(many, notes)).toBeLessThan(20 * timed([ada], notes) + 100)
})

test('hostile text costs no more than its length', { timeout: 60_000 }, () => {
  const search = findPeople([ada, bob])
  const cost = (part: string, length: number) => {
    const text = part.repeat(length / part.length)
    return costOf(() => search(text))
  }
  // eight times the length: sixty-four times the cost, were it quadratic
  for (const part of [
    'a',
    '@',
    '1 ',
    'a@',
    '1',
    '%40',
    '%25',
    '&#64;',
    '=40',
    ' at ',
    '[',
    'é',
    '\u200b',
    'Zoé ',
    '_at_',
    '. ',
    '/@',
    '\\40 ',
    '%26%2340%3B',
    'aAT',
    '٣',
    'Zoé B. ',
  ])
    expect(cost(part, 80_000), part).toBeLessThan(30 * cost(part, 10_000) + 300)
})
