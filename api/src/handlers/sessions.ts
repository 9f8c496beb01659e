import { endSession } from '@envoi/core/access/end-session'
import { login } from '@envoi/core/access/login'
import type { OpenedSession } from '@envoi/core/access/open-session'
import { proveSession } from '@envoi/core/access/prove-session'
import { getSession, listSessions } from '@envoi/core/access/read-sessions'
import { refreshSession } from '@envoi/core/access/refresh-session'
import type { Session as SessionRow } from '@envoi/core/database'
import { askPasskey } from '@envoi/core/passkeys/ask-passkey'
import type { SecondFactor } from '@envoi/core/totp/use-second-factor'
import { contract } from '@envoi/openapi'
import { type AccessTokens, accessTokenLifetime } from '../plugins/access-tokens.ts'
import { created, noContent, ok, page } from '../routes/answers.ts'
import { implement } from '../routes/implement.ts'

export const sessionsHandlers = implement(contract.sessions, {
  create: async ({ body, accessTokens }, context) => {
    const session = await login(context, body)
    return created(`/v1/sessions/${session.sessionId}`, tokensOf(accessTokens, session))
  },
  passkeyOptions: async ({ body }, context) => ok({ ...(await askPasskey(context, body)) }),
  refresh: async ({ body, accessTokens }, context) =>
    ok(tokensOf(accessTokens, await refreshSession(context, body.refreshToken))),
  prove: async ({ body }, context) => {
    const provenUntil = await proveSession(context, body)
    return ok({ provenUntil: provenUntil.toISOString() })
  },
  list: async ({ query }, context) => page(await listSessions(context, query), presentSession),
  get: async ({ params }, context) => ok(presentSession(await getSession(context, params.sessionId))),
  delete: async ({ params }, context) => {
    await endSession(context, params.sessionId)
    return noContent()
  },
})

function tokensOf({ sign }: AccessTokens, session: OpenedSession) {
  return {
    accessToken: sign({ sub: session.userId, acc: session.accountId, sid: session.sessionId }),
    refreshToken: session.refreshToken,
    expiresIn: accessTokenLifetime,
    ...(session.mustEnrol === true ? { enrolmentRequired: true } : {}),
  }
}

function presentSession(session: SessionRow) {
  return {
    id: session.id,
    userId: session.userId,
    address: session.address,
    userAgent: session.userAgent,
    newDevice: session.newDevice,
    secondFactor: session.secondFactor as SecondFactor | null,
    provenAt: session.provenAt.toISOString(),
    createdAt: session.createdAt.toISOString(),
    refreshedAt: session.refreshedAt.toISOString(),
    expiresAt: session.expiresAt.toISOString(),
  }
}
