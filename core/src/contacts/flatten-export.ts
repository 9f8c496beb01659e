import type { CsvCell } from '../csv/csv-writer.ts'

/**
 * Structured data as lines `section, item, name, value`: one line for each value, whatever its section is made of, so that a
 * section with other columns needs no other file. `item` counts from 1 within a section.
 */
export function flatten(data: object): CsvCell[][] {
  return Object.entries(data).flatMap(([section, content]) =>
    (Array.isArray(content) ? content : [content]).flatMap((item, index) =>
      valuesOf(item).map(([name, value]) => [section, index + 1, name, value]),
    ),
  )
}

function valuesOf(item: unknown, path = ''): [string, CsvCell][] {
  if (item instanceof Date || item === null || item === undefined) return [[path, item ?? null]]
  if (Array.isArray(item)) return item.flatMap((one, index) => valuesOf(one, join(path, String(index + 1))))
  if (typeof item === 'object')
    return Object.entries(item).flatMap(([name, value]) => valuesOf(value, join(path, name)))
  return [[path, typeof item === 'number' || typeof item === 'boolean' ? item : String(item)]]
}

const join = (path: string, name: string) => (path === '' ? name : `${path}.${name}`)
