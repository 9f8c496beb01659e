import { type RowLimits, type RowParser, type RowSink, unreadable, type WantedColumns } from './row-sink.ts'

/** Parses a file of one JSON object per line (NDJSON); the wanted columns are keys of the object. */
export function ndjsonRows(
  { columns, others }: WantedColumns,
  { maxRow, maxCell }: RowLimits,
  sink: RowSink,
): RowParser {
  const known = others && new Set([...columns, ...others])
  let line = 1
  let pending = ''
  let skipping = false

  function emit(raw: string) {
    if (skipping || raw.length > maxRow) {
      skipping = false
      return sink.reject(line, 'row_too_long', `a line of more than ${maxRow} characters`, raw)
    }
    if (raw.trim() === '') return
    const fault = unreadable(raw)
    if (fault) return sink.reject(line, fault.code, fault.detail, raw)
    const object = parseObject(raw)
    if (!object) return sink.reject(line, 'invalid_json', 'not a JSON object', raw)
    if (known && Object.keys(object).some((key) => !known.has(key)))
      return sink.reject(line, 'column_unmapped', 'a key that is not mapped, not even to “ignore”', raw)
    const cells = columns.map((column) => (Object.hasOwn(object, column) ? object[column] : undefined))
    if (cells.some((cell) => typeof cell === 'string' && cell.length > maxCell))
      return sink.reject(line, 'cell_too_long', `a value of more than ${maxCell} characters`, raw)
    sink.row(line, cells, raw)
  }

  return {
    push(piece) {
      const text = skipping ? piece : pending + piece
      let start = 0
      for (let end = text.indexOf('\n'); end !== -1; end = text.indexOf('\n', start)) {
        emit(skipping ? pending : text.slice(start, end))
        line++
        start = end + 1
      }
      if (skipping) return
      pending = text.slice(start)
      if (pending.length <= maxRow) return
      pending = pending.slice(0, 4_000)
      skipping = true
    },
    end: () => emit(pending),
  }
}

function parseObject(raw: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(raw)
    return isObject(value) ? value : undefined
  } catch {
    return undefined
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
