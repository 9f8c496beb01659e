import { createEnvoi } from '../client.ts'
import { type CliContext, command } from './command.ts'
import { connect, defaultUrl, givenUrl } from './connect.ts'
import { ask, readSecret } from './console/ask.ts'
import { configFolder } from './credentials/config-folder.ts'
import { readCredentials, tokensOf, writeCredentials } from './credentials/credentials.ts'
import { locked } from './credentials/lock.ts'
import { UsageError } from './failures.ts'

export const login = command({
  name: 'login',
  summary: 'Open a session and keep it',
  about: [
    'The session is kept in credentials.json in the folder envoi of your configuration, which nobody but you can read, and renewed when it has to be.',
    'The password is asked for on the terminal, or read from stdin; it is never an argument.',
  ],
  examples: [
    'login --url https://api.example.com',
    'login --email ada@example.com --password-stdin <password',
  ],
  options: {
    email: { type: 'string', value: 'email', describe: 'whose session; asked for when left out' },
    'password-stdin': { type: 'boolean', describe: 'reads the password from stdin' },
  },
  async run(context, _, options) {
    const { console, env, signal, now } = context
    const folder = configFolder(env)
    const url = givenUrl(context) ?? (await kept(folder))?.url ?? defaultUrl
    if (isInTheClear(url)) console.note(`The password travels unencrypted to ${url}.`)
    const { email, password } = await whoAndPassword(context, options)
    const { data: tokens, response } = await createEnvoi({ baseUrl: url })
      .sessions.create({ email, password }, { signal })
      .withResponse()
    const sessionId = response.headers.get('location')?.split('/').at(-1) ?? ''
    await endFormer(context)
    await locked(folder, signal, () =>
      writeCredentials(folder, { url, email, sessionId, ...tokensOf(tokens, now()) }),
    )
    console.result({ url, email, sessionId }, [`Logged in at ${url} as ${email}.`])
    if (env.ENVOI_API_KEY) console.note('ENVOI_API_KEY is set: commands use it in place of this session.')
    return undefined
  },
})

async function whoAndPassword(
  context: CliContext,
  options: { email?: string; 'password-stdin'?: boolean },
): Promise<{ email: string; password: string }> {
  if (options['password-stdin'] === true) {
    if (options.email === undefined) throw new UsageError('--password-stdin needs --email')
    return { email: options.email, password: await readSecret(context) }
  }
  const instead = 'give --email and --password-stdin'
  return {
    email: options.email ?? (await ask(context, 'Email:', { instead })),
    password: await ask(context, 'Password:', { secret: true, instead }),
  }
}

/** A session that nobody has the tokens of any more would live on for weeks. */
async function endFormer(context: CliContext): Promise<void> {
  if ((await kept(configFolder(context.env))) === undefined) return
  const { envoi, session } = await connect({
    ...context,
    url: undefined,
    env: { ...context.env, ENVOI_API_KEY: undefined, ENVOI_URL: undefined },
  })
  // whatever stands in the way, one can log in
  if (session !== undefined) await envoi.sessions.delete(session.sessionId).catch(() => undefined)
}

/** A file that cannot be read is about to be written anew. */
const kept = (folder: string) => readCredentials(folder).catch(() => undefined)

function isInTheClear(url: string): boolean {
  const { protocol, hostname } = new URL(url)
  return protocol === 'http:' && !/^(localhost|127(\.\d+){3}|\[::1\])$/.test(hostname)
}
