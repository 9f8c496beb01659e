/** Whose personal data one request was shown, unmasked. */
export interface Shown {
  type: string
  ids: string[]
}

/** Notes it, from where masking is decided. */
export interface Sight {
  /** By the id of what speaks of them: a contact, or a line about one. */
  saw(id: string, type?: string): void
  /** The request is on record with an audit event of its own: what it showed needs no other. */
  recorded(): void
  /** Who was seen without being on record yet. */
  seen(): { type: string; ids: ReadonlySet<string> }
  /** Who was seen at all, on record or not: whoever is given the same answer again sees them again. */
  shown(): Shown | null
}

export function newSight(): Sight {
  const ids = new Set<string>()
  let type = 'contact'
  let isRecorded = false
  return {
    saw(id, of = 'contact') {
      ids.add(id)
      type = of
    },
    recorded() {
      isRecorded = true
    },
    shown: () => (ids.size === 0 ? null : { type, ids: [...ids] }),
    seen: () => ({ type, ids: isRecorded ? new Set() : ids }),
  }
}
