export interface ArchivedLog {
  /** Entries that are sealed, and hold; after a break they are not looked at. */
  entries: number
  seals: number
  /** The first seal that does not hold. */
  firstBreak: number | null
}

/** As Postgres writes bytes in JSON: `\x0a1b…`. */
export const bytesOf = (text: string): Uint8Array<ArrayBuffer> =>
  new Uint8Array(Buffer.from(text.slice(2), 'hex'))
