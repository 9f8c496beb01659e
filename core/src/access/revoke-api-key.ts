import { recordAudit } from '../audit/record-audit.ts'
import type { Context } from '../context.ts'
import { DomainError } from '../errors.ts'
import { transaction } from '../transaction.ts'

/** The key stops working at once: it is looked up at each request. */
export async function revokeApiKey(context: Context, id: string): Promise<void> {
  await transaction(context, async (tx) => {
    const { count } = await tx.db.apiKey.updateMany({
      where: { ...tx.scope, id, revokedAt: null },
      data: { revokedAt: tx.clock.now() },
    })
    if (count === 0) throw new DomainError('not_found')
    await tx.db.credentialIndex.deleteMany({ where: { ...tx.scope, subjectId: id, kind: 'api_key' } })
    await recordAudit(tx, { target: { type: 'api_key', id } })
  })
}
