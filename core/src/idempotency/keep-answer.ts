import type { Context } from '../context.ts'
import { type KeptAnswer, sealPurpose, storedKey } from './request-key.ts'

/** Keeps the answer of the request that has reserved a key. */
export async function keepAnswer(context: Context, key: string, answer: KeptAnswer): Promise<void> {
  const { status, headers, body } = answer
  const sealed =
    body === '' ? null : context.keys.seal(Buffer.from(body), sealPurpose(key)).toString('base64')
  await context.db.idempotencyKey.update({
    where: { accountId_key: { ...context.scope, key: storedKey(key) } },
    data: { status, headers, body: sealed },
  })
}
