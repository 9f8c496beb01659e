import type { Import } from '../database.ts'

type Figures = Pick<
  Import,
  'stagedAt' | 'stagedRows' | 'mergedRows' | 'totalRows' | 'readRows' | 'readBytes' | 'fileBytes'
>

/**
 * How far an import is, in rows. One that has been read and not yet been merged counts half. While the file is read, how many it
 * has is estimated by its bytes; null before anything is known.
 */
export function importProgress(work: Figures): { done: number; total: number | null } {
  const { stagedAt, stagedRows, mergedRows, totalRows, readRows, readBytes, fileBytes } = work
  if (stagedAt !== null)
    return { done: totalRows - Math.ceil((stagedRows - mergedRows) / 2), total: totalRows }
  if (readBytes === 0n || fileBytes === null) return { done: 0, total: null }
  const total = Math.max(readRows, Math.round((readRows * Number(fileBytes)) / Number(readBytes)))
  return { done: Math.floor(readRows / 2), total }
}
