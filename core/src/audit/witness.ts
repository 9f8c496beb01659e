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

export async function readWitness({ files, accountId }: Context): Promise<Witness | null> {
  const key = keyOf(accountId)
  return (await files.exists(key)) ? (JSON.parse(await files.get(key)) as Witness) : null
}
