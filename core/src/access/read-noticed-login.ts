import type { NoticedLogin } from '../system-mails/login-notice.ts'
import type { About } from '../user-mails/kind.ts'
import { deviceName } from './device-name.ts'

/** The login that a notice is about; null when its user is gone meanwhile. */
export async function readNoticedLogin({ context, facts }: About): Promise<NoticedLogin | null> {
  const session = await context.db.session.findUnique({
    where: { accountId_id: { ...context.scope, id: facts.session ?? '' } },
    include: { user: { select: { email: true } } },
  })
  if (session === null) return null
  const { user, createdAt, address, userAgent, newDevice } = session
  return { email: user.email, createdAt, address, newDevice, device: deviceName(userAgent) }
}
