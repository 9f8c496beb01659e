import { getAccount } from '../accounts/read-accounts.ts'
import type { Context } from '../context.ts'
import { loadFieldBook } from '../fields/field-book.ts'
import { contactMask, type Masked, maskEvidence, maskRejectedRow } from './mask.ts'
import { readContactRecords } from './personal-data.sql.ts'
import { type ContactWithLists, getContact } from './read-contacts.ts'

/** All that art. 15(1) GDPR gives the person: the data, and what must be said of its processing. */
export async function collectPersonalData(tx: Context, contactId: string) {
  const contact = await getContact(tx, contactId)
  const account = await getAccount(tx)
  const purposes = await tx.db.purpose.findMany({ where: tx.scope, orderBy: { key: 'asc' } })
  const records = await readContactRecords(tx, contact)
  const shown = (await contactMask(tx))(contact)
  return {
    exportedAt: tx.clock.now(),
    controller: {
      name: account.name,
      ...(account.legal as object),
      dataProtectionOfficer: account.dpo as object,
    },
    contact: identityOf(shown),
    fields: await fieldsOf(tx, shown),
    origin: {
      source: contact.originSource,
      detail: shown.originDetail,
      collectedAt: contact.originCollectedAt,
    },
    tracking: { state: contact.tracking, changedAt: contact.trackingChangedAt },
    restriction: { restricted: contact.restrictedAt !== null, since: contact.restrictedAt },
    objections: contact.objections,
    ...records,
    consentLedger: records.consentLedger.map((line) => maskEvidence(tx, line)),
    rejectedImportRows: records.rejectedImportRows.map((row) => maskRejectedRow(tx, row)),
    purposes: purposes.map(
      ({
        key,
        name,
        description,
        legalBasis,
        assessment,
        eprivacyGround,
        channels,
        retention,
        policyVersion,
      }) => ({
        key,
        name,
        description,
        legalBasis,
        assessment,
        eprivacyGround,
        channels,
        retention,
        policyVersion,
      }),
    ),
    retention: {
      default: (account.retention as { default?: string }).default ?? 'P3Y',
      countedFrom: 'last contact coming from the person',
    },
    recipients: recipientsOf(records.messages),
    rights,
  }
}

function identityOf(contact: Masked<ContactWithLists>) {
  const { id, email, phone, externalId, firstName, lastName, locale, timezone } = contact
  const { createdAt, updatedAt, undeliverableAt, lastSentAt, lastOpenedAt, lastClickedAt, lastEngagedAt } =
    contact
  return {
    id,
    email,
    phone,
    externalId,
    firstName,
    lastName,
    locale,
    timezone,
    createdAt,
    updatedAt,
    undeliverableAt,
    lastSentAt,
    lastOpenedAt,
    lastClickedAt,
    lastEngagedAt,
  }
}

/** Values of declared fields, with the words that people know them by. */
async function fieldsOf(tx: Context, contact: Masked<ContactWithLists>) {
  const declared = await loadFieldBook(tx)
  return Object.entries(contact.attributes as Record<string, unknown>).map(([key, value]) => {
    const field = declared.get(key)
    return {
      key,
      label: field?.label ?? key,
      value,
      specialCategory: field?.specialCategory ?? false,
      purpose: field?.purpose?.key ?? null,
    }
  })
}

/** Art. 15(1)(c): who else has been given data of the person. */
function recipientsOf(messages: { channel: string; sentAt: Date | null }[]) {
  const used = new Set(messages.filter(({ sentAt }) => sentAt !== null).map(({ channel }) => channel))
  return [
    {
      recipient: 'the operator of the platform that holds these data',
      role: 'processor',
      data: 'all of them',
    },
    ...(used.has('email')
      ? [
          {
            recipient: 'the relay that delivers email',
            role: 'sub-processor',
            data: 'email address and messages',
          },
        ]
      : []),
    ...(used.has('sms')
      ? [
          {
            recipient: 'the operator that delivers text messages',
            role: 'sub-processor',
            data: 'phone number and messages',
          },
        ]
      : []),
  ]
}

/** Art. 15(1)(e), (f) and (h). */
const rights = [
  { right: 'rectification', article: 'GDPR art. 16' },
  { right: 'erasure', article: 'GDPR art. 17' },
  { right: 'restriction of processing', article: 'GDPR art. 18' },
  { right: 'portability', article: 'GDPR art. 20' },
  { right: 'objection, to marketing at any time', article: 'GDPR art. 21' },
  { right: 'withdrawal of a consent at any time', article: 'GDPR art. 7(3)' },
  {
    right: 'no decision based solely on automated processing: none is taken on this platform',
    article: 'GDPR art. 22',
  },
  { right: 'complaint to a supervisory authority', article: 'GDPR art. 77' },
]
