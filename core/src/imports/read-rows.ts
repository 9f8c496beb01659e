import { type ByteLimits, boundedBytes } from './bounded-bytes.ts'
import { csvRows } from './csv-rows.ts'
import { decodeText } from './decode-text.ts'
import type { ImportEncoding } from './detect-encoding.ts'
import { ImportFileError } from './import-file-error.ts'
import { ndjsonRows } from './ndjson-rows.ts'
import { printableRow, type RejectedRow, type Row, type RowLimits, type RowSink } from './row-sink.ts'
import { unreadableRows } from './unreadable-rows.ts'

export type { ImportEncoding, RejectedRow, Row }

export interface ReadRowsOptions {
  format: 'csv' | 'ndjson'
  /** The header names (CSV) or keys (NDJSON) whose values are wanted. Others are read over. */
  columns: readonly string[]
  /**
   * Other headers or keys that may be there; any more is an error, of the file (CSV) or of the row (NDJSON), so that no
   * column is lost by a typing mistake. Absent: all may.
   */
  others?: readonly string[] | undefined
  /** One character; guessed among `, ; tab |` when absent. */
  delimiter?: string | undefined
  /** Detected when absent. A byte order mark in the file has the last word. */
  encoding?: ImportEncoding | undefined
  /** The file is compressed (`Content-Encoding: gzip`). */
  gzip?: boolean
  limits?: Partial<ByteLimits & RowLimits>
  /** Rows in a batch, rejected ones included; the last batch may be shorter. */
  batchSize?: number
}

export interface RowBatch {
  rows: Row[]
  rejected: RejectedRow[]
  /** Bytes taken from the source when the batch was complete, to tell how far it is. */
  bytesRead: number
}

export const importLimits: ByteLimits & RowLimits = {
  maxBytes: 20 * 1024 ** 3,
  maxRatio: 200,
  maxRow: 1024 ** 2,
  maxCell: 100_000,
}

/**
 * Reads a file of contacts in batches, in memory that does not depend on its size: the source is read no faster than
 * batches are taken. The same file gives the same batches, however its bytes arrive.
 *
 * A row that cannot be read never stops the file, it comes out in `rejected`; unless most rows are such (`unreadableRows`).
 * @throws ImportFileError when the file as a whole cannot be read; batches before may have been given out.
 */
export async function* readRows(
  source: AsyncIterable<Uint8Array>,
  options: ReadRowsOptions,
): AsyncGenerator<RowBatch> {
  const { format, columns, others, delimiter, encoding, gzip = false, batchSize = 5_000 } = options
  const limits = { ...importLimits, ...options.limits }
  const meter = { read: 0 }
  const { sink, take } = batches(batchSize)
  const parser =
    format === 'csv'
      ? csvRows({ columns, others }, delimiter, limits, sink)
      : ndjsonRows({ columns, others }, limits, sink)

  for await (const text of decodeText(boundedBytes(source, gzip, limits, meter), encoding)) {
    parser.push(text)
    for (const batch of take(false)) yield { ...batch, bytesRead: meter.read }
  }
  if (meter.read === 0) throw new ImportFileError('file_empty', 'the file is empty')
  parser.end()
  for (const batch of take(true)) yield { ...batch, bytesRead: meter.read }
}

function batches(size: number) {
  let current = { rows: [] as Row[], rejected: [] as RejectedRow[] }
  let full: (typeof current)[] = []

  function added() {
    if (current.rows.length + current.rejected.length < size) return
    full.push(current)
    current = { rows: [], rejected: [] }
  }
  const watch = unreadableRows()
  const sink: RowSink = {
    row(line, cells, raw) {
      watch.isRead()
      current.rows.push({ line, cells, raw })
      added()
    },
    reject(line, code, detail, raw) {
      watch.isNot(line, code)
      current.rejected.push({ line, code, detail, row: printableRow(raw) })
      added()
    },
  }
  function take(last: boolean) {
    if (last && current.rows.length + current.rejected.length > 0) full.push(current)
    const taken = full
    full = []
    return taken
  }
  return { sink, take }
}
