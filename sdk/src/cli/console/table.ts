import { printable } from './printable.ts'

/** Rows under their headers, in columns as wide as their widest cell. */
export function table(headers: string[], rows: string[][]): string[] {
  const cells = [headers, ...rows.map((row) => row.map(printable))]
  const widths = headers.map((_, column) => Math.max(...cells.map((row) => (row[column] ?? '').length)))
  return cells.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  )
}

/** Names beside their values. */
export function pairs(values: Record<string, string | number | null | undefined>): string[] {
  const shown = Object.entries(values).filter(([, value]) => value !== undefined && value !== null)
  const width = Math.max(...shown.map(([name]) => name.length))
  return shown.map(([name, value]) => `${name.padEnd(width)}  ${value}`)
}
