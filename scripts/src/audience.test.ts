import { normaliseEmail } from '@envoi/core/contacts/normalise'
import { readRows } from '@envoi/core/imports/read-rows'
import { expect, test } from 'vitest'
import { type AudienceDirt, audienceColumns, makeAudience } from './audience.ts'

function make(rows: number, seed: number) {
  const parts: string[] = []
  let dirt: AudienceDirt | undefined
  function* all() {
    dirt = yield* makeAudience(rows, seed)
  }
  parts.push(...all())
  return { file: Buffer.from(parts.join('')), dirt }
}

test('the same seed gives the same file, another seed another', () => {
  expect(make(300, 7).file.equals(make(300, 7).file)).toBe(true)
  expect(make(300, 7).file.equals(make(300, 8).file)).toBe(false)
})

test('what an import finds wrong in the file is what the maker says is wrong in it', async () => {
  const { file, dirt } = make(5_000, 42)
  const seen = new Set<string>()
  const found = { rows: 0, duplicates: 0, invalidAddresses: 0, cutRows: 0 }
  async function* source() {
    yield file
  }
  for await (const batch of readRows(source(), { format: 'csv', columns: audienceColumns })) {
    found.rows += batch.rows.length + batch.rejected.length
    found.cutRows += batch.rejected.length
    for (const { cells } of batch.rows) {
      const email = normaliseEmail(cells[0])
      if (!email.ok || email.value === null) found.invalidAddresses++
      else if (seen.has(email.value)) found.duplicates++
      else seen.add(email.value)
    }
  }
  expect(found).toEqual(dirt)
  expect(found.duplicates).toBeGreaterThan(20)
  expect(found.invalidAddresses).toBeGreaterThan(20)
  expect(found.cutRows).toBeGreaterThan(0)
})

test('the file has the dirt of real ones: a byte order mark, accents, quotes, new lines, formulas', () => {
  const { file } = make(5_000, 42)
  const text = file.toString()
  expect(file.subarray(0, 3)).toEqual(Buffer.from([0xef, 0xbb, 0xbf]))
  for (const dirt of ['é', 'e\u0301', 'salon.\nRappeler', ',=1+1,', ',@SUM', '"""Client"",""'])
    expect(text).toContain(dirt)
  expect(text).toMatch(/ {2},/)
  expect(text).toMatch(/@[^,]*,,/)
})
