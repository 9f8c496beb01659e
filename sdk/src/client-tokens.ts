/** Access tokens of a client (RFC 6749, section 4.4), got when they are needed and renewed before they end. */
import type { Api } from './api.ts'
import { oauth } from './resources/oauth.ts'

export interface Client {
  /** The id of an API key. */
  clientId: string
  /** The key itself. */
  clientSecret: string
}

/** Not the last moment: a request is on its way for a while, and clocks differ. */
const marginMs = 60_000

/** Answers a token that is good for a minute at least. Callers at once share one renewal; one that fails is tried again by the next. */
export function clientTokens(api: Api, { clientId, clientSecret }: Client, now: () => number) {
  let held: { token: string; until: number } | undefined
  let renewal: Promise<string> | undefined

  const renew = async (): Promise<string> => {
    const { access_token, expires_in } = await oauth(api).token({
      grant_type: 'client_credentials',
      client_id: clientId,
      client_secret: clientSecret,
    })
    held = { token: access_token, until: now() + expires_in * 1_000 - marginMs }
    return access_token
  }
  return {
    get(): Promise<string> {
      if (held !== undefined && now() < held.until) return Promise.resolve(held.token)
      renewal ??= renew().finally(() => {
        renewal = undefined
      })
      return renewal
    },
    /** The server does not take it any more, whatever the clock says: the next call gets another one. */
    forget(): void {
      held = undefined
    },
  }
}
