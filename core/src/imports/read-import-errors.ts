import { pipeline, Readable } from 'node:stream'
import { recordAudit } from '../audit/record-audit.ts'
import { type Masked, maskRejectedRow, mayReveal } from '../contacts/mask.ts'
import type { Context } from '../context.ts'
import { type CsvCell, csvWriter } from '../csv/csv-writer.ts'
import type { ImportError } from '../database.ts'
import { getImport } from './read-imports.ts'

const pageRows = 1_000

/**
 * The rejected rows of an import as CSV, in the order of the file, read as fast as they are taken. The rows themselves only
 * for those who may see personal data.
 */
export async function readImportErrors(context: Context, importId: string): Promise<Readable> {
  await getImport(context, importId)
  if (mayReveal(context))
    await recordAudit(context, { kind: 'read', target: { type: 'import', id: importId } })
  const csv = csvWriter(['line', 'code', 'detail', 'row'])
  // a failure in the middle breaks the answer off: whoever reads it must not take a part for the whole
  pipeline(Readable.from(errorRows(context, importId)), csv, (error) => {
    if (error) context.log.warn({ err: error, importId }, 'errors of an import were not read to the end')
  })
  return csv
}

async function* errorRows(context: Context, importId: string): AsyncGenerator<CsvCell[]> {
  let after = 0
  for (;;) {
    const errors = await context.db.importError.findMany({
      where: { ...context.scope, importId, line: { gt: after } },
      orderBy: { line: 'asc' },
      take: pageRows,
    })
    const last = errors.at(-1)
    if (last === undefined) return
    for (const error of errors) yield cellsOf(maskRejectedRow(context, error))
    after = last.line
  }
}

const cellsOf = ({ line, code, detail, row }: Masked<ImportError>): CsvCell[] => [line, code, detail, row]
