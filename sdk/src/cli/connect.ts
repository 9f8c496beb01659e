/** Which server a command speaks to, and with which credentials. */
import { createEnvoi, type Envoi } from '../client.ts'
import { withoutTrailingSlashes } from '../trailing-slashes.ts'
import type { CliContext, Environment } from './command.ts'
import { configFolder } from './credentials/config-folder.ts'
import { type Credentials, readCredentials } from './credentials/credentials.ts'
import { proving } from './credentials/proving.ts'
import { openSession, type Session } from './credentials/session.ts'
import { NotLoggedIn, UsageError } from './failures.ts'

/** Where `npm start` of Envoi listens. */
export const defaultUrl = 'http://127.0.0.1:8080'

export interface Connection {
  envoi: Envoi
  url: string
  /** The session; undefined for an API key. */
  session: Credentials | undefined
}

/** As an API key when ENVOI_API_KEY is set, else as the user who is logged in. */
export async function connect(context: CliContext): Promise<Connection> {
  const { env } = context
  const folder = configFolder(env)
  const apiKey = secretOf(env, 'ENVOI_API_KEY')
  const given = givenUrl(context)
  if (apiKey !== undefined) {
    const url = given ?? (await readCredentials(folder))?.url ?? defaultUrl
    return { envoi: createEnvoi({ baseUrl: url, token: apiKey }), url, session: undefined }
  }
  const kept = await readCredentials(folder)
  if (kept === undefined) throw new NotLoggedIn('You are not logged in')
  // one server's tokens are no business of another
  if (given !== undefined && given !== kept.url)
    throw new NotLoggedIn(`You are not logged in at ${given}`, [`but at ${kept.url}, as ${kept.email}`])
  const session = openSession(context, folder, kept)
  const envoi = createEnvoi({
    baseUrl: kept.url,
    token: () => session.token(),
    onProofRequired: proving(context, kept.url, session),
    fetch: renewing(session),
  })
  return { envoi, url: kept.url, session: kept }
}

/** As the operator of the platform, with ENVOI_OPERATOR_TOKEN. */
export async function connectAsOperator(context: CliContext): Promise<Envoi> {
  const token = secretOf(context.env, 'ENVOI_OPERATOR_TOKEN')
  if (token === undefined)
    throw new NotLoggedIn('Accounts are for the operator of the platform', [
      'set ENVOI_OPERATOR_TOKEN; `npm start` of Envoi keeps it in the file operator-token of its data folder',
    ])
  const baseUrl = givenUrl(context) ?? (await readCredentials(configFolder(context.env)))?.url ?? defaultUrl
  return createEnvoi({ baseUrl, token })
}

/** `--url`, else ENVOI_URL; in one spelling, so that two can be compared. */
export function givenUrl({ url, env }: Pick<CliContext, 'url' | 'env'>): string | undefined {
  const given = url ?? env.ENVOI_URL?.trim()
  if (given === undefined || given === '') return undefined
  const parsed = URL.canParse(given) ? new URL(given) : undefined
  if (parsed === undefined || !/^https?:$/.test(parsed.protocol))
    throw new UsageError(`${given} is no address of a server`, ['it looks like https://api.example.com'])
  if (parsed.username !== '' || parsed.password !== '' || parsed.search !== '' || parsed.hash !== '')
    throw new UsageError('The address of the server has parts that do not belong there')
  return withoutTrailingSlashes(parsed.href)
}

function secretOf(env: Environment, name: string): string | undefined {
  const secret = env[name]?.trim()
  if (secret === undefined || secret === '') return undefined
  if (!/^[\x21-\x7e]+$/.test(secret)) throw new UsageError(`${name} holds characters that no token has`)
  return secret
}

/**
 * A token may end before its time: its session was ended, or this machine's clock is wrong. What was refused for it is sent once more
 * with another one, but for files: those are streams, and spent.
 */
function renewing(session: Session): typeof fetch {
  return async (input, init) => {
    const answer = await fetch(input, init)
    if (answer.status !== 401 || init?.body instanceof ReadableStream) return answer
    const headers = new Headers(init?.headers)
    const refused = headers.get('authorization')?.replace(/^Bearer /, '') ?? ''
    const token = await session.renew(refused).catch(() => undefined)
    if (token === undefined) return answer
    await answer.body?.cancel()
    headers.set('authorization', `Bearer ${token}`)
    return fetch(input, { ...init, headers })
  }
}
