import { recordAudit } from '../audit/record-audit.ts'
import type { Context } from '../context.ts'
import { DomainError } from '../errors.ts'
import { transaction } from '../transaction.ts'
import { getField } from './read-fields.ts'

/** Deletes a field that nothing uses: values without their declaration would be data that nobody accounts for. */
export async function deleteField(context: Context, id: string): Promise<void> {
  await transaction(context, async (tx) => {
    const { key } = await getField(tx, id)
    const [use] = await tx.db.$queryRaw<{ contacts: boolean; segments: boolean }[]>`
      select
        exists (select from contact where account_id = ${tx.accountId}::uuid and attributes ? ${key}) as contacts,
        exists (
          select from segment
          where account_id = ${tx.accountId}::uuid
            and jsonb_path_exists(rule, '$.**.field ? (@ == $field)', jsonb_build_object('field', ${`attributes.${key}`}::text))
        ) as segments`
    if (use?.contacts) throw new DomainError('in_use', { detail: 'Contacts hold values of this field.' })
    if (use?.segments) throw new DomainError('in_use', { detail: 'A segment asks for this field.' })
    await tx.db.field.delete({ where: { accountId_id: { ...tx.scope, id } } })
    await recordAudit(tx, { target: { type: 'field', id } })
  })
}
