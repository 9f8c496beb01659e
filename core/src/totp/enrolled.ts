import type { Context } from '../context.ts'

/** A user has set up a second factor: after a reset, they may go on. */
export async function enrolled({ db, scope }: Context, userId: string): Promise<void> {
  await db.user.updateMany({
    where: { ...scope, id: userId, secondFactorDue: true },
    data: { secondFactorDue: false },
  })
}
