import { createEnvoi } from '../../client.ts'
import { AuthenticationError } from '../../errors.ts'
import type { CliContext } from '../command.ts'
import { NotLoggedIn } from '../failures.ts'
import { type Credentials, readCredentials, tokensOf, writeCredentials } from './credentials.ts'
import { locked } from './lock.ts'

export interface Session {
  /** An access token that has not ended by this machine's clock. */
  token(): Promise<string>
  /** Another one than `refused`, which the server did not take. */
  renew(refused: string): Promise<string>
}

/** Bounds a renewal, and so how long others wait for the lock. */
const attempts = { maxRetries: 1, timeout: 10_000 }

/** The session of a credentials file: renewed by whichever command needs it first, used by all. */
export function openSession(
  { signal, now }: Pick<CliContext, 'signal' | 'now'>,
  folder: string,
  opened: Credentials,
): Session {
  const anyone = createEnvoi({ baseUrl: opened.url, ...attempts })
  let current = opened
  let renewing: Promise<Credentials> | undefined

  const renewed = (refused: string): Promise<Credentials> =>
    locked(folder, signal, async () => {
      const kept = await readCredentials(folder)
      if (kept?.sessionId !== opened.sessionId)
        throw new NotLoggedIn('The session of this command was ended by another one')
      // another command was first
      if (kept.accessToken !== refused) return kept
      const tokens = await anyone.sessions
        .refresh({ refreshToken: kept.refreshToken })
        .catch((error: unknown) => {
          if (!(error instanceof AuthenticationError)) throw error
          throw new NotLoggedIn('Your session has ended')
        })
      const next = { ...kept, ...tokensOf(tokens, now()) }
      await writeCredentials(folder, next)
      return next
    })

  const renew = async (refused: string): Promise<string> => {
    if (current.accessToken === refused) {
      // requests of one command at the same time wait for one renewal
      renewing ??= renewed(refused).finally(() => {
        renewing = undefined
      })
      current = await renewing
    }
    return current.accessToken
  }
  return {
    renew,
    token: async () => (now() < current.renewAt ? current.accessToken : renew(current.accessToken)),
  }
}
