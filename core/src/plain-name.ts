/** A name as a line of text: without control characters, nor those that turn the direction of what follows. */
export function plainName({ name }: { name: string }): string {
  return name.replace(/[\p{Cc}\u2028-\u202e\u2066-\u2069]/gu, ' ').trim()
}

/** Who is behind a message or a page (directive 2000/31/EC art. 5 and 6), in a line; null when the account does not say. */
export function identityLine({ legal }: { legal: unknown }): string | null {
  const { company, address } = (legal ?? {}) as { company?: string | null; address?: string | null }
  const parts = [company, address].filter((part) => part != null && part !== '')
  return parts.length === 0 ? null : plainName({ name: parts.join(', ') })
}
