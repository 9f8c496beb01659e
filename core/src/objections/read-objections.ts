import type { ConsentEvent } from '@envoi/prisma'
import { readRight } from '../consents/read-right.ts'
import type { Context } from '../context.ts'
import { DomainError } from '../errors.ts'
import { type ObjectionKind, objectionKinds } from './objection-kinds.ts'

/** An objection in force, with the ledger line that proves it. */
export interface Objection {
  kind: ObjectionKind
  proof: ConsentEvent
}

export async function listObjections(context: Context, contactId: string): Promise<Objection[]> {
  const contact = await context.db.contact.findUnique({
    where: { accountId_id: { ...context.scope, id: contactId } },
    select: { objections: true },
  })
  if (contact === null) throw new DomainError('not_found')
  const inForce = objectionKinds.filter((kind) => contact.objections.includes(kind))
  return Promise.all(inForce.map((kind) => getObjection(context, contactId, kind)))
}

export async function getObjection(
  context: Context,
  contactId: string,
  kind: ObjectionKind,
): Promise<Objection> {
  const proof = await readRight(context, contactId, `objection.${kind}`)
  if (proof === null) throw new DomainError('not_found')
  return { kind, proof }
}
