import { recordAudit } from '../audit/record-audit.ts'
import type { Context } from '../context.ts'
import { toCsv } from '../csv/csv-writer.ts'
import { transaction } from '../transaction.ts'
import { flatten } from './flatten-export.ts'
import { collectPersonalData } from './personal-data.ts'

/**
 * Everything held about a contact, for the person (GDPR art. 15). It is a read of personal data by somebody, so it is in the
 * audit log; and it reads one instant, so that it cannot show a consent without its proof.
 */
export async function exportContact(context: Context, contactId: string, format: 'json' | 'csv') {
  const data = await transaction(context, async (tx) => {
    await tx.db.$executeRaw`set transaction isolation level repeatable read`
    const collected = await collectPersonalData(tx, contactId)
    await recordAudit(tx, { kind: 'read', target: { type: 'contact', id: contactId } })
    return collected
  })
  const fileName = `contact-${contactId}.${format}`
  if (format === 'json')
    return { contentType: 'application/json', content: JSON.stringify(data, null, 2), fileName }
  const content = toCsv(['section', 'item', 'name', 'value'], flatten(data))
  return { contentType: 'text/csv; charset=utf-8', content, fileName }
}
