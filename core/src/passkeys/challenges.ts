import type { Context } from '../context.ts'

/** What a challenge is for: one for registering opens no session. */
export type Ceremony = 'create' | 'get'

/** As long as browsers wait for a user (WebAuthn, section 15.1, recommends five minutes). */
export const challengeMs = 5 * 60_000

const bytesOf = (challenge: string) => new Uint8Array(Buffer.from(challenge, 'base64url'))

/** Remembers a challenge that a user was given. */
export async function keepChallenge(
  tx: Context,
  userId: string,
  ceremony: Ceremony,
  challenge: string,
): Promise<void> {
  const now = tx.clock.now()
  await tx.db.passkeyChallenge.deleteMany({
    where: { ...tx.scope, userId, createdAt: { lte: new Date(now.getTime() - challengeMs) } },
  })
  await tx.db.passkeyChallenge.create({
    data: { ...tx.scope, id: tx.newId(), userId, ceremony, challenge: bytesOf(challenge), createdAt: now },
  })
}

/** Whether the user was given this challenge for this, a while ago at most; from here on it is used up, whatever comes of it. */
export async function takeChallenge(
  { db, scope, clock }: Context,
  userId: string,
  ceremony: Ceremony,
  challenge: string,
): Promise<boolean> {
  const since = new Date(clock.now().getTime() - challengeMs)
  const { count } = await db.passkeyChallenge.deleteMany({
    where: { ...scope, userId, ceremony, challenge: bytesOf(challenge), createdAt: { gt: since } },
  })
  return count === 1
}
