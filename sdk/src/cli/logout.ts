import { ConnectionError, ServerError } from '../errors.ts'
import { command } from './command.ts'
import { connect } from './connect.ts'
import { configFolder } from './credentials/config-folder.ts'
import { forgetCredentials, readCredentials } from './credentials/credentials.ts'
import { CliError } from './failures.ts'

export const logout = command({
  name: 'logout',
  summary: 'End the session, at the server and here',
  async run(context) {
    const { console, env } = context
    const folder = configFolder(env)
    const kept = await readCredentials(folder).catch(() => undefined)
    if (kept === undefined) {
      await forgetCredentials(folder)
      console.result({ loggedOut: false }, ['You were not logged in.'])
      return undefined
    }
    const { envoi } = await connect({
      ...context,
      url: undefined,
      env: { ...env, ENVOI_API_KEY: undefined, ENVOI_URL: undefined },
    })
    // a session that has ended already is as good
    const failure: unknown = await envoi.sessions.delete(kept.sessionId).then(
      () => undefined,
      (error: unknown) => error,
    )
    await forgetCredentials(folder)
    if (failure instanceof ConnectionError || failure instanceof ServerError)
      throw new CliError('The session is forgotten here, but could not be ended at the server', 6, [
        failure.message,
        'an admin of the account can end it; by itself it ends thirty days after its last use',
      ])
    console.result({ loggedOut: true }, [`Logged out at ${kept.url}.`])
    return undefined
  },
})
