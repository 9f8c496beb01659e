/** Whose personal data one request was shown, unmasked. */
export interface Sight {
  /** By the id of what speaks of them: a contact, or a line about one. */
  saw(id: string, type?: string): void
  /** The request is on record with an audit event of its own: what it showed needs no other. */
  recorded(): void
  /** Who was seen without being on record yet. */
  seen(): { type: string; ids: ReadonlySet<string> }
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
    seen: () => ({ type, ids: isRecorded ? new Set() : ids }),
  }
}
