import type { ResetFactors } from '../system-mails/second-factors-reset.ts'
import type { About } from '../user-mails/kind.ts'

/** What a mail about a reset of second factors says; null when their user is gone meanwhile. */
export async function readResetFactors({ context, user, facts }: About): Promise<ResetFactors | null> {
  const addressOf = async (id: string | undefined) => {
    if (id === undefined || id === '') return null
    const found = await context.db.user.findUnique({
      where: { accountId_id: { ...context.scope, id } },
      select: { email: true },
    })
    return found?.email ?? null
  }
  const email = await addressOf(facts.user)
  return email === null ? null : { email, by: await addressOf(facts.by), isOwn: facts.user === user.id }
}
