import { gzipSync } from 'node:zlib'
import { parse } from 'csv-parse/sync'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { sampleBytes } from './detect-encoding.ts'
import { ImportFileError } from './import-file-error.ts'
import { type ReadRowsOptions, type RejectedRow, type Row, readRows } from './read-rows.ts'

type Options = Partial<ReadRowsOptions> & { chunk?: number }

async function read(file: string | Buffer, columns: string[], { chunk = 7, ...options }: Options = {}) {
  const rows: Row[] = []
  const rejected: RejectedRow[] = []
  const bytes = typeof file === 'string' ? Buffer.from(file) : file
  async function* source() {
    for (let at = 0; at < bytes.length; at += chunk) yield bytes.subarray(at, at + chunk)
  }
  for await (const batch of readRows(source(), { format: 'csv', columns, ...options })) {
    rows.push(...batch.rows)
    rejected.push(...batch.rejected)
  }
  return { rows, rejected, cells: rows.map((row) => row.cells), lines: rows.map((row) => row.line) }
}

async function refusal(...args: Parameters<typeof read>): Promise<ImportFileError> {
  const error = await read(...args).then(
    () => undefined,
    (error: unknown) => error,
  )
  expect(error).toBeInstanceOf(ImportFileError)
  return error as ImportFileError
}

test('quotes, doubled quotes and new lines in cells are read as RFC 4180 has them, with the line of each row', async () => {
  const file = 'email,note\r\na@x.test,"one, ""two""\r\nthree"\r\n\r\nb@x.test,\r\n"c@x.test" ,"4"'
  const { cells, lines } = await read(file, ['email', 'note'])
  expect(cells).toEqual([
    ['a@x.test', 'one, "two"\r\nthree'],
    ['b@x.test', ''],
    ['c@x.test', '4'],
  ])
  expect(lines).toEqual([2, 5, 6])
})

test('wanted columns come in the order they are wanted, the others are read over', async () => {
  const { cells } = await read('a,b,c,b\n1,2,3,4\n', ['c', 'a'])
  expect(cells).toEqual([['3', '1']])
})

test.each([',', ';', '\t', '|'])('the delimiter %j is guessed', async (delimiter) => {
  const file = [
    ['e-mail', 'name, or; what'],
    ['a@x.test', 'x'],
  ]
    .map((row) => row.join(delimiter))
    .join('\n')
  const header =
    delimiter === ',' || delimiter === ';' ? file.replace('name, or; what', '"name, or; what"') : file
  expect((await read(header, ['name, or; what', 'e-mail'])).cells).toEqual([['x', 'a@x.test']])
})

test("Excel's first line sep= declares the delimiter and counts as a line", async () => {
  const { cells, lines } = await read('sep=;\r\na;b,c\r\n1;2\r\n', ['a'])
  expect([cells, lines]).toEqual([[['1']], [3]])
})

test.each([
  ['\n', 2],
  ['\r\n', 2],
  ['\r', 2],
])('lines ended by %j are counted', async (end, first) => {
  const { lines, cells } = await read(['a,b', '1,2', `"3${end}3",4`, '5,6', ''].join(end), ['a'])
  expect(lines).toEqual([first, first + 1, first + 3])
  expect(cells[1]).toEqual([`3${end}3`])
})

test.each<[string, Buffer, ReadRowsOptions['encoding']]>([
  ['UTF-8 with a byte order mark', Buffer.from('\uFEFFnom,ville\nHélène,Orléans 🎈\n'), undefined],
  [
    'UTF-16LE with a byte order mark',
    Buffer.from('\uFEFFnom,ville\nHélène,Orléans 🎈\n', 'utf16le'),
    undefined,
  ],
  ['UTF-16LE without one', Buffer.from('nom,ville\nHélène,Orléans 🎈\n', 'utf16le'), undefined],
  [
    'a byte order mark against the declaration',
    Buffer.from('\uFEFFnom,ville\nHélène,Orléans 🎈\n'),
    'windows-1252',
  ],
])('%s is read', async (_, file, encoding) => {
  for (const chunk of [1, 3, 1000])
    expect((await read(file, ['nom', 'ville'], { encoding, chunk })).cells).toEqual([
      ['Hélène', 'Orléans 🎈'],
    ])
})

test('windows-1252 is detected, and ISO-8859-15 read when declared', async () => {
  const latin = Buffer.from('nom,prix\nH\xe9l\xe8ne \x92,10 \x80\n', 'latin1')
  expect((await read(latin, ['nom', 'prix'])).cells).toEqual([['Hélène ’', '10 €']])
  const latin9 = Buffer.from('nom,prix\nH\xe9l\xe8ne,10 \xa4\n', 'latin1')
  expect((await read(latin9, ['nom', 'prix'], { encoding: 'iso-8859-15' })).cells).toEqual([
    ['Hélène', '10 €'],
  ])
})

test('a row with bytes that are no text is rejected, not stored damaged; its neighbours are read', async () => {
  const damaged = Buffer.concat([
    Buffer.from('nom\nÉlise\nHé'),
    Buffer.from([0xe9]),
    Buffer.from('l\nNoé \uFFFD\n'),
  ])
  const { cells, rejected } = await read(damaged, ['nom'])
  expect(cells).toEqual([['Élise'], ['Noé \uFFFD']])
  expect(rejected).toMatchObject([{ line: 3, code: 'invalid_encoding', row: 'Hé\uFFFDl' }])

  const lone = Buffer.from('\uFEFFnom\nÉlise\nH\uD83Dl\nNoé', 'utf16le')
  expect((await read(lone, ['nom'])).rejected).toMatchObject([{ line: 3, code: 'invalid_encoding' }])
  const undefinedByte = Buffer.from('nom\nH\xe9l\x81ne\nNo\xe9', 'latin1')
  expect((await read(undefinedByte, ['nom'])).rejected).toMatchObject([{ line: 2, code: 'invalid_encoding' }])
})

test('rows with a NUL, too many or too few cells are rejected with their line and shown printable', async () => {
  const { cells, rejected } = await read('a,b\n1,2\n3\n"4",5,6\n7,\0\n8,9\n', ['a'])
  expect(cells).toEqual([['1'], ['8']])
  expect(rejected).toEqual([
    { line: 3, code: 'cell_count', detail: '1 cells where the header has 2', row: '3' },
    { line: 4, code: 'cell_count', detail: '3 cells where the header has 2', row: '"4",5,6' },
    { line: 5, code: 'nul_byte', detail: 'a NUL character', row: '7,␀' },
  ])
})

test('a cell of a million characters costs its row, quoted or not, and nothing else', async () => {
  const huge = 'x\n'.repeat(600_000)
  const file = `a,b\n1,"${huge}"\n2,${'y'.repeat(1_200_000)}\n3,"${'z'.repeat(200_000)}"\n4,"ok"\n`
  const { cells, lines, rejected } = await read(file, ['a', 'b'], { chunk: 50_000 })
  expect(cells).toEqual([['4', 'ok']])
  expect(rejected.map(({ line, code }) => [line, code])).toEqual([
    [2, 'row_too_long'],
    [600_003, 'row_too_long'],
    [600_004, 'cell_too_long'],
  ])
  expect(lines).toEqual([600_005])
  expect(rejected.every(({ row }) => row.length < 3_000)).toBe(true)
})

test('a quote that never closes refuses the file and says where it opened', async () => {
  const file = `a,b\n1,2\n3,"x\n${'4,5\n'.repeat(10)}`
  expect(await refusal(file, ['a'])).toMatchObject({ code: 'quote_unclosed', line: 3 })
  const long = `a,b\n1,2\n3,"x\n${'4,5\n'.repeat(400_000)}`
  expect(await refusal(long, ['a'], { chunk: 65_536 })).toMatchObject({ code: 'quote_unclosed', line: 3 })
  expect(await refusal(`${long}6,"7"\n`, ['a'], { chunk: 65_536 })).toMatchObject({
    code: 'quote_unclosed',
    line: 3,
  })
})

test('a quote opened by mistake costs its row, not the rows up to the next quote', async () => {
  const { cells, rejected } = await read('a,b\n1,"x\n2,y\n3,"z"\n4,w\n', ['a', 'b'])
  expect(cells).toEqual([
    ['2', 'y'],
    ['3', 'z'],
    ['4', 'w'],
  ])
  expect(rejected).toMatchObject([{ line: 2, code: 'quotes_misplaced', row: '1,"x' }])
})

test('a file whose rows cannot be read is refused where that began, not at its end', async () => {
  const rows = 1_000_000
  for (const [line, code] of [
    ['"x\n', 'quotes_misplaced'],
    ['1,2,3\n', 'cell_count'],
  ] as const) {
    let given = 0
    async function* source() {
      yield Buffer.from('a,b\n1,2\n')
      for (; given < rows / 1_000; given++) yield Buffer.from(line.repeat(1_000))
    }
    const reading = async () => {
      for await (const _ of readRows(source(), { format: 'csv', columns: ['a'] }));
    }
    await expect(reading()).rejects.toMatchObject({ code: 'rows_unreadable', line: 3 })
    await expect(reading()).rejects.toThrow(code)
    // the rest was not read: what was, is what the encoding was guessed by
    expect(given).toBeLessThan(400)
  }
  const some = `a,b\n${'1,2\n'.repeat(2_000)}${'1,2,3\n'.repeat(1_500)}`
  expect((await read(some, ['a'], { chunk: 65_536 })).rejected).toHaveLength(1_500)
})

test('a quote that swallows megabytes is never closed, whatever comes later', async () => {
  let given = 0
  async function* source() {
    yield Buffer.from('a,b\n1,2\n3,"x\n')
    for (; given < 2_000; given++) yield Buffer.from('4,5\n'.repeat(16_384))
    yield Buffer.from('6,"7"\n')
  }
  const reading = async () => {
    for await (const _ of readRows(source(), { format: 'csv', columns: ['a'] }));
  }
  await expect(reading()).rejects.toMatchObject({ code: 'quote_unclosed', line: 3 })
  expect(given).toBeLessThan(400)
})

test('a file made to be read again and again is refused', async () => {
  const file = `a\n${'","",""","\n'.repeat(4_000)}x"y`
  const started = performance.now()
  await read(file, ['a'], { chunk: 65_536 }).catch(() => {})
  expect(performance.now() - started).toBeLessThan(5_000)
})

test.each([
  ['file_empty', ''],
  ['file_empty', '\r\n\n'],
  ['column_missing', 'name\nx'],
  ['column_ambiguous', 'email,Email ,email\na,b,c'],
  ['quote_unclosed', '"email'],
  ['header_too_long', `email,${'x'.repeat(2_000_000)}`],
  ['file_not_text', 'PK\u0003\u0004'],
  ['file_not_text', 'em\0ail,email\n'],
])('a file is refused with %s', async (code, file) => {
  expect(await refusal(file, ['email'], { chunk: 100_000 })).toMatchObject({ code })
})

test('a file with a header and nothing else has no rows', async () => {
  for (const file of ['email,name', 'email,name\r\n', '"email";"name"\r'])
    expect(await read(file, ['email'])).toMatchObject({ rows: [], rejected: [] })
})

test('gzip is read, and refused when damaged, cut short, or a bomb', async () => {
  const file = gzipSync('email\na@x.test\n')
  expect((await read(file, ['email'], { gzip: true })).cells).toEqual([['a@x.test']])
  expect(await refusal(file.subarray(0, -12), ['email'], { gzip: true })).toMatchObject({
    code: 'gzip_invalid',
  })
  expect(await refusal('email\n', ['email'], { gzip: true })).toMatchObject({ code: 'gzip_invalid' })
  expect(await refusal(file, ['email'])).toMatchObject({ code: 'file_not_text' })

  const bomb = gzipSync(
    Buffer.concat([Buffer.from('b\n'), Buffer.alloc(64 * 1024 * 1024, `${'a'.repeat(999)}\n`)]),
  )
  expect(await refusal(bomb, ['b'], { gzip: true, chunk: 512 })).toMatchObject({
    code: 'gzip_ratio_exceeded',
  })
  const size = { gzip: true, limits: { maxBytes: 1_000_000, maxRatio: 10_000 } }
  expect(await refusal(bomb, ['b'], size)).toMatchObject({ code: 'file_too_large' })
})

test('NDJSON gives values as they are, and rejects lines that are no object', async () => {
  const file =
    '{"email":"a@x.test","n":1}\r\n\n[1]\n{"email":\n{"n":null,"__proto__":2}\n{"email":"b\\u0000"}'
  const { cells, lines, rejected } = await read(file, ['email', 'n', 'constructor'], { format: 'ndjson' })
  expect(lines).toEqual([1, 5, 6])
  expect(cells[0]).toEqual(['a@x.test', 1, undefined])
  expect(cells[1]).toEqual([undefined, null, undefined])
  expect(rejected.map(({ line, code }) => [line, code])).toEqual([
    [3, 'invalid_json'],
    [4, 'invalid_json'],
  ])
  const long = `{"a":"${'x'.repeat(1_500_000)}"}\n{"a":"${'x'.repeat(200_000)}"}\n{"a":1}`
  const read2 = await read(long, ['a'], { format: 'ndjson', chunk: 70_000 })
  expect(read2.rejected.map(({ line, code }) => [line, code])).toEqual([
    [1, 'row_too_long'],
    [2, 'cell_too_long'],
  ])
  expect(read2.lines).toEqual([3])
})

test('batches hold the same rows however the bytes arrive, and an error of the source comes through', async () => {
  const file = `a\n${Array.from({ length: 25 }, (_, index) => (index % 5 ? index : `${index},0`)).join('\n')}`
  async function sizes(chunk: number) {
    const found: number[][] = []
    async function* source() {
      for (let at = 0; at < file.length; at += chunk) yield Buffer.from(file.slice(at, at + chunk))
    }
    for await (const batch of readRows(source(), { format: 'csv', columns: ['a'], batchSize: 10 }))
      found.push([batch.rows.length, batch.rejected.length])
    return found
  }
  expect(await sizes(1)).toEqual([
    [8, 2],
    [8, 2],
    [4, 1],
  ])
  expect(await sizes(1000)).toEqual(await sizes(1))

  async function* broken() {
    yield gzipSync('a\n1')
    throw new Error('disk gone')
  }
  const reading = readRows(broken(), { format: 'csv', columns: ['a'], gzip: true })
  await expect(reading.next()).rejects.toThrow('disk gone')
})

test('any table comes back as it was written, and as csv-parse reads it, wherever the bytes are cut', async () => {
  const text = fc.string({ unit: fc.constantFrom('a', 'é', '🎈', '"', ',', ';', '\n', '\r\n', ' ', '=') })
  const table = fc.array(fc.tuple(text, text, text), { minLength: 1, maxLength: 8 })
  await fc.assert(
    fc.asyncProperty(
      table,
      fc.constantFrom(',', ';', '\t'),
      fc.constantFrom('\n', '\r\n'),
      fc.boolean(),
      fc.integer({ min: 1, max: 20 }),
      async (rows, delimiter, end, always, chunk) => {
        const file = [['x', 'y', 'z'], ...rows.map((row) => row.map(String))]
          .map((row) =>
            row
              .map((cell) =>
                always || /["\r\n,;\t]|^ | $/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell,
              )
              .join(delimiter),
          )
          .join(end)
        const found = await read(file, ['x', 'y', 'z'], { chunk })
        expect(found.rejected).toEqual([])
        expect(found.cells).toEqual(rows)
        expect(found.cells).toEqual(
          parse(file, { delimiter, from_line: 2, relax_column_count: true, record_delimiter: end }),
        )
      },
    ),
    { numRuns: 300 },
  )
})

test('whatever the bytes, reading ends, and every line that is not blank is told of once', async () => {
  const piece = fc.constantFrom('"', '""', ',', '\n', '\r\n', 'a', ' ', '\0', '"a"', '\n"')
  await fc.assert(
    fc.asyncProperty(
      fc.array(piece, { maxLength: 40 }),
      fc.integer({ min: 1, max: 9 }),
      async (pieces, chunk) => {
        const file = `a,b\n${pieces.join('')}`
        const whole = await read(file, ['a'], { chunk: 1_000 }).catch((error: unknown) => error)
        const cut = await read(file, ['a'], { chunk }).catch((error: unknown) => error)
        expect(cut).toEqual(whole)
        if (whole instanceof Error) return
        const { rows, rejected } = whole as Awaited<ReturnType<typeof read>>
        const lines = [...rows, ...rejected].map(({ line }) => line)
        expect(new Set(lines).size).toBe(lines.length)
      },
    ),
    { numRuns: 500 },
  )
})

test('a character that the sample is cut through does not make UTF-8 another encoding', async () => {
  const file = `name\n${'a'.repeat(50)}\n`.padEnd(sampleBytes - 2, 'b\n')
  const { cells } = await read(`${file}\né\n`, ['name'], { chunk: 65_536 })
  expect(cells.at(-1)).toEqual(['é'])
  expect(Buffer.byteLength(file)).toBe(sampleBytes - 2)
})
