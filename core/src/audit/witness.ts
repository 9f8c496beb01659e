/**
 * The last seal of an account is written down outside the database too, among the files: whoever cuts the end off the chain in the
 * tables, seals and events together, leaves a chain that holds but is shorter than what was witnessed.
 */
import type { AuditSeal } from '@envoi/prisma'
import type { Context } from '../context.ts'

const keyOf = (accountId: string) => `${accountId}/audit/head.json`

interface Witness {
  sequence: number
  hash: string
}

/** After the seal is committed; a crash in between leaves the witness of an earlier one, which is true as well. */
export async function writeWitness({ files, accountId }: Context, seal: AuditSeal): Promise<void> {
  const witness: Witness = { sequence: seal.sequence, hash: Buffer.from(seal.hash).toString('hex') }
  await files.put(keyOf(accountId), JSON.stringify(witness))
}

/** null when there is none, or one that a crash left half-written: the next seal writes it anew. */
export async function readWitness({ files, accountId }: Context): Promise<Witness | null> {
  const key = keyOf(accountId)
  if (!(await files.exists(key))) return null
  const text = await files.get(key)
  try {
    return JSON.parse(text) as Witness
  } catch {
    return null
  }
}
