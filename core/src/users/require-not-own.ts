import { personBehind } from '../access/person-behind.ts'
import type { Context } from '../context.ts'
import { DomainError } from '../errors.ts'

/**
 * Refuses to do by a key to its own maker what nobody does to themselves. A key whose maker is not known may be anybody's.
 *
 * @throws DomainError `permission_missing`
 */
export function requireNotByOwnKey(tx: Context, userId: string): void {
  if (tx.actor.type !== 'api_key') return
  const maker = personBehind(tx)
  if (maker === null || maker === userId)
    throw new DomainError('permission_missing', {
      detail:
        maker === null
          ? 'It is not known who made this key. Use a newer one, or log in.'
          : 'A key cannot do this to the user who made it. Somebody else can.',
    })
}
