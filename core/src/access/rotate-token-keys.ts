import { generateKeyPairSync } from 'node:crypto'
import { recordAudit } from '../audit/record-audit.ts'
import type { Context } from '../context.ts'
import { transaction } from '../transaction.ts'
import { acceptedKeys, rotateAfterMs, tokenKeyPurpose } from './token-keys.ts'

/**
 * Makes a key when there is none or the newest has served its time, and deletes those that are over. Processes that do so at
 * once do it one after the other: two first keys at once would leave each process with one that the other does not know.
 */
export async function rotateTokenKeys(context: Context): Promise<{ made: number; deleted: number }> {
  return transaction(context, async (tx) => {
    await tx.db.$executeRaw`select pg_advisory_xact_lock(hashtext('envoi token keys'))`
    const now = tx.clock.now()
    const where = { purpose: tokenKeyPurpose }
    const keys = await tx.db.platformKey.findMany({
      where,
      select: { id: true, createdAt: true },
      orderBy: [{ createdAt: 'asc' }, { id: 'asc' }],
    })
    const accepted = new Set(acceptedKeys(keys, now).map(({ id }) => id))
    const over = keys.filter(({ id }) => !accepted.has(id))
    for (const { id } of over) {
      await tx.db.platformKey.deleteMany({ where: { ...where, id } })
      await recordAudit(tx, { target: { type: 'platform_key', id }, changed: ['deleted'] })
    }
    const newest = keys.at(-1)
    if (newest !== undefined && now.getTime() - newest.createdAt.getTime() < rotateAfterMs)
      return { made: 0, deleted: over.length }
    const id = tx.newId()
    const der = generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'der' })
    const sealed = new Uint8Array(tx.keys.seal(der, tokenKeyPurpose))
    await tx.db.platformKey.create({ data: { id, ...where, sealed, createdAt: now } })
    await recordAudit(tx, { target: { type: 'platform_key', id } })
    return { made: 1, deleted: over.length }
  })
}
