import { expect, test } from 'vitest'
import { guessColumns } from './guess-columns.ts'
import { csvHeader, ndjsonHeader } from './read-header.ts'

const consent = (state: 'granted' | 'withdrawn', channel = 'email') => ({
  purpose: 'newsletter',
  channel,
  state,
})
const mailchimp = ['Email Address', 'First Name', 'MEMBER_RATING', 'OPTIN_TIME', 'OPTIN_IP', 'LEID', 'EUID']

test('an exporter is known by its own columns, whatever the others are', () => {
  expect(guessColumns([...mailchimp, 'Tea'], [])?.columns).toEqual({
    'Email Address': 'email',
    'First Name': 'firstName',
    MEMBER_RATING: 'ignore',
    OPTIN_TIME: 'ignore',
    OPTIN_IP: 'ignore',
    LEID: 'ignore',
    EUID: 'ignore',
    Tea: 'ignore',
  })
})

test('columns of evidence are those of the one consent by email, and of no guess between two', () => {
  expect(guessColumns(mailchimp, [consent('granted'), consent('granted', 'sms')])?.columns).toMatchObject({
    OPTIN_TIME: 'consents.newsletter.email.collectedAt',
    OPTIN_IP: 'consents.newsletter.email.ip',
  })
  const two = [consent('granted'), { ...consent('granted'), purpose: 'partners' }]
  for (const consents of [two, [consent('withdrawn')], [consent('granted', 'sms')]])
    expect(guessColumns(mailchimp, consents)?.columns).toMatchObject({
      OPTIN_TIME: 'ignore',
      OPTIN_IP: 'ignore',
    })
})

test('of two columns for one thing, one is taken', () => {
  const names = ['Record ID', 'First Name', 'Last Name', 'Phone Number', 'Email', 'Mobile Phone Number']
  expect(guessColumns(names, [])?.columns).toMatchObject({
    'Mobile Phone Number': 'phone',
    'Phone Number': 'ignore',
  })
})

test("Brevo's export is known in the languages of its account", () => {
  const names = ['CONTACT ID', 'EMAIL', 'PRENOM', 'NOM', 'SMS', 'ADDED_TIME', 'MODIFIED_TIME']
  expect(guessColumns(names, [])?.columns).toMatchObject({
    PRENOM: 'firstName',
    NOM: 'lastName',
    SMS: 'phone',
  })
})

test('own names are taken when all of them are', () => {
  const names = ['email', 'attributes.country', 'consents.newsletter.email.collectedAt']
  expect(guessColumns(names, [])?.columns).toEqual(Object.fromEntries(names.map((name) => [name, name])))
  for (const other of [['email', 'country'], ['Email', 'Name'], ['__proto__'], ['constructor'], []])
    expect(guessColumns(other, [])).toBeUndefined()
})

test('the header of a CSV is read whatever its delimiter, quotes and ends of lines', () => {
  const headers: [string, string[]][] = [
    ['a,b\n1,2', ['a', 'b']],
    ['sep=;\r\na;b,c\r\n', ['a', 'b,c']],
    ['\r\n\r\na\tb\r', ['a', 'b']],
    ['"a ""1""","b\n2", c |d,\n', ['a "1"', 'b\n2', 'c |d', '']],
    ['a|b', ['a', 'b']],
    ['e\u0301ge', ['\u00e9ge']],
    ['', ['']],
  ]
  for (const [text, names] of headers) expect([text, csvHeader(text)]).toEqual([text, names])
  expect(csvHeader('a;b,c', ',')).toEqual(['a;b', 'c'])
})

test('the keys of the first object of an NDJSON are its columns', () => {
  expect(ndjsonHeader('\n{"email":1,"b":2}\n{"c":1}')).toEqual(['email', 'b'])
  for (const none of ['', 'email,b\n', '[1]', 'null']) expect(ndjsonHeader(none).length).toBeLessThan(2)
})
