import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { expect, test } from 'vitest'
import { csvWriter, toCsv } from './csv-writer.ts'

test('a cell that a spreadsheet would run as a formula is neutralised', () => {
  for (const start of ['=', '+', '-', '@', '\t', '\r']) {
    const [, line] = toCsv(['cell'], [[`${start}cmd|' /C calc'!A0`]]).split(/\r\n/)
    expect(line).toMatch(/^"?'/)
  }
})

test('commas, quotes and line ends stay within their cell', () => {
  expect(toCsv(['a', 'b'], [['x,y', 'say "hi"\nthere']])).toBe('\ufeffa,b\r\n"x,y","say ""hi""\nthere"\r\n')
})

test('nothing is an empty cell, and a time is in RFC 3339', () => {
  expect(toCsv(['a', 'b', 'c'], [[null, false, new Date(0)]])).toContain(',false,1970-01-01T00:00:00.000Z')
})

test('a stream of rows gives the same file as all at once', async () => {
  const rows = [['=1'], ['é'], [null]]
  const file = await buffer(Readable.from(rows).pipe(csvWriter(['a'])))
  expect(file.toString()).toBe(toCsv(['a'], rows))
})
