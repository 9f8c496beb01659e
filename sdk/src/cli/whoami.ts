import { PermissionError } from '../errors.ts'
import { command } from './command.ts'
import { connect } from './connect.ts'
import { pairs } from './console/table.ts'

export const whoami = command({
  name: 'whoami',
  summary: 'Show which server, account and credentials commands use',
  async run(context) {
    const { envoi, url, session } = await connect(context)
    const account = await envoi.account.get({ signal: context.signal }).catch((error: unknown) => {
      // good credentials, of which it is not known whose they are
      if (error instanceof PermissionError && error.code === 'permission_missing') return null
      throw error
    })
    const credentials = session === undefined ? 'api_key' : 'session'
    context.console.result(
      { url, credentials, email: session?.email ?? null, sessionId: session?.sessionId ?? null, account },
      pairs({
        server: url,
        credentials: session === undefined ? 'the API key in ENVOI_API_KEY' : `session ${session.sessionId}`,
        user: session?.email,
        account: account === null ? 'not shown: account:read is missing' : `${account.name} (${account.id})`,
        status: account?.status,
        reason: account?.statusReason,
      }),
    )
    return undefined
  },
})
