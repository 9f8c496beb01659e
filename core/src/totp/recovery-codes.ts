/**
 * Recovery codes: ten, of 80 random bits, shown once and good once each. Kept as HMACs: a copy of the database cannot be
 * searched for them without the master key.
 */
import { createHmac, randomBytes } from 'node:crypto'
import type { Context } from '../context.ts'

const count = 10
/** Crockford's base32: no letter that is mistaken for a digit or another letter. */
const alphabet = '0123456789abcdefghjkmnpqrstvwxyz'

function newCode(): string {
  const letters = Array.from(randomBytes(16), (byte) => alphabet[byte % alphabet.length]).join('')
  return letters.replace(/.{4}(?=.)/g, '$&-')
}

/** As it was meant: people type capitals, blanks, O for 0. */
const normalised = (code: string) =>
  code.toLowerCase().replace(/[\s-]/g, '').replaceAll('o', '0').replace(/[il]/g, '1')

function hashOf({ keys, accountId }: Context, userId: string, code: string): Uint8Array<ArrayBuffer> {
  const key = keys.derive('recovery-code')
  return new Uint8Array(
    createHmac('sha256', key)
      .update(`${accountId}:${userId}:${normalised(code)}`)
      .digest(),
  )
}

/** Puts ten new ones in the place of all that a user had; to be shown now or never. */
export async function replaceRecoveryCodes(tx: Context, userId: string): Promise<string[]> {
  const codes = Array.from({ length: count }, newCode)
  await tx.db.recoveryCode.deleteMany({ where: { ...tx.scope, userId } })
  await tx.db.recoveryCode.createMany({
    data: codes.map((code) => ({
      ...tx.scope,
      id: tx.newId(),
      userId,
      hash: hashOf(tx, userId, code),
      createdAt: tx.clock.now(),
    })),
  })
  return codes
}

/** Whether it is one of the user's that has not been used; from here on it has. */
export async function useRecoveryCode(tx: Context, userId: string, code: string): Promise<boolean> {
  const { count: used } = await tx.db.recoveryCode.updateMany({
    where: { ...tx.scope, userId, hash: hashOf(tx, userId, code), usedAt: null },
    data: { usedAt: tx.clock.now() },
  })
  return used === 1
}
