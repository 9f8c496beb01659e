import type { Context } from '../context.ts'

/**
 * The user who acts: in person, or with a value of a key that only they have been shown. A key that somebody else has rotated has
 * two of them for a while, and the earlier value is still that of who held it before. null for whom that is not known of: of a
 * value from before it was kept, and of what no user does.
 */
export function personBehind({ actor: { type, id, holder } }: Context): string | null {
  if (type === 'user') return id
  return type === 'api_key' ? (holder ?? null) : null
}
