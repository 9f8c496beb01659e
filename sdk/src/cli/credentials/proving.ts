import { createEnvoi } from '../../client.ts'
import { ApiError } from '../../errors.ts'
import type { CliContext } from '../command.ts'
import { ask } from '../console/ask.ts'
import type { Session } from './session.ts'

/**
 * What takes a recent proof of who asks is answered `proof_required` in a session that is older than some minutes. Where there is
 * a terminal, the password is asked for there, and the client sends the request once more; elsewhere the refusal says what to do.
 */
export function proving(context: CliContext, url: string, session: Session): () => Promise<boolean> {
  return async () => {
    if (!context.console.stdin.isTTY) return false
    await prove(context, url, session)
    return true
  }
}

const instead = 'log in again: `envoi login`'

async function prove(context: CliContext, url: string, session: Session): Promise<void> {
  const envoi = createEnvoi({ baseUrl: url, token: () => session.token() })
  const { signal } = context
  const password = await ask(context, 'This needs your password once more:', { secret: true, instead })
  await envoi.sessions.prove({ password }, { signal }).catch(async (error: unknown) => {
    const isMissing = error instanceof ApiError && error.errors.some(({ pointer }) => pointer === '/totp')
    if (!isMissing) throw error
    const totp = await ask(context, 'Code of your app, or a recovery code:', { instead })
    await envoi.sessions.prove({ password, totp }, { signal })
  })
}
