/**
 * Where the login of an address is found (docs/decisions/0032-opening-tells-nothing.md). An address has two places. The
 * *proven* one is of who has shown that the mailbox is theirs, and is never taken from them. The *unproven* one is of whoever
 * last opened an account with the address and has not shown it yet. Opening an account only ever writes to the second, so it
 * does the same, and looks the same, whether or not there is somebody in the first.
 */
import { createHmac } from 'node:crypto'
import type { Context } from '../context.ts'
import type { Keys } from '../crypto/keys.ts'

/** The proven place of an address, without the address. */
export const loginLookup = (keys: Keys, email: string) => lookup(keys, 'login', email)

/** Its unproven place. */
export const unprovenLookup = (keys: Keys, email: string) => lookup(keys, 'unproven-login', email)

function lookup(keys: Keys, use: string, email: string): Uint8Array<ArrayBuffer> {
  return new Uint8Array(createHmac('sha256', keys.derive(use)).update(email.trim().toLowerCase()).digest())
}

/** Takes the unproven place of an address, also from whoever has it. */
export async function takeUnprovenLogin(tx: Context, user: { id: string; email: string }): Promise<void> {
  const place = unprovenLookup(tx.keys, user.email)
  await tx.db.$executeRaw`
    insert into credential_index (lookup, kind, account_id, subject_id)
    values (${place}, 'login', ${tx.accountId}::uuid, ${user.id}::uuid)
    on conflict (lookup) do update set account_id = excluded.account_id, subject_id = excluded.subject_id`
}

/**
 * Takes the proven place of an address, for who has shown that it is theirs, or for whom the operator has vouched. False when
 * somebody else has it: a person has one login.
 */
export async function proveLogin(tx: Context, user: { id: string; email: string }): Promise<boolean> {
  const proven = loginLookup(tx.keys, user.email)
  await tx.db.credentialIndex.createMany({
    data: { lookup: proven, kind: 'login', ...tx.scope, subjectId: user.id },
    skipDuplicates: true,
  })
  const holder = await tx.db.credentialIndex.findUnique({ where: { lookup: proven } })
  if (holder?.accountId !== tx.accountId || holder.subjectId !== user.id) return false
  await tx.db.credentialIndex.deleteMany({
    where: { ...tx.scope, lookup: unprovenLookup(tx.keys, user.email), subjectId: user.id },
  })
  return true
}

/** Whether the address of a user is the proven login of another one. */
export async function hasLoginElsewhere(of: {
  context: Context
  user: { id: string; email: string }
}): Promise<boolean> {
  const holder = await of.context.db.credentialIndex.findUnique({
    where: { lookup: loginLookup(of.context.keys, of.user.email) },
  })
  return holder !== null && holder.subjectId !== of.user.id
}
