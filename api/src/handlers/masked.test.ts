/** The only way out is through the mask: what presents a person takes nothing that has not been there. The compiler judges these. */
import {
  type Masked,
  maskApiKey,
  maskAuditEvent,
  maskErasure,
  maskEvidence,
  maskMessage,
  maskRejectedRow,
  maskSuppression,
} from '@envoi/core/contacts/mask'
import type { ContactWithLists } from '@envoi/core/contacts/read-contacts'
import type { AuditEvent, Erasure, Message, Segment } from '@envoi/core/database'
import { expectTypeOf, test } from 'vitest'
import type { presentAuditEvent } from './audit-events.ts'
import type { presentMessage } from './campaigns.ts'
import { presentContact } from './contacts.ts'
import type { presentReceipt } from './erasures.ts'
import type { presentSegment } from './segments.ts'
import type { presentPreview } from './templates.ts'

test('a row of the database is not what presenters take', () => {
  expectTypeOf(presentContact).parameter(0).toEqualTypeOf<Masked<ContactWithLists>>()
  expectTypeOf<ContactWithLists>().not.toExtend<Masked<ContactWithLists>>()
  expectTypeOf<AuditEvent>().not.toExtend<Parameters<typeof presentAuditEvent>[0]>()
  expectTypeOf<Erasure>().not.toExtend<Parameters<typeof presentReceipt>[0]>()
  expectTypeOf<Message>().not.toExtend<Parameters<typeof presentMessage>[0]>()
  expectTypeOf<Segment>().not.toExtend<Parameters<typeof presentSegment>[0]>()
  expectTypeOf<{ subject: string; html: string; text: string; warnings: [] }>().not.toExtend<
    Parameters<typeof presentPreview>[0]
  >()
})

test('what masks answers what they take', () => {
  expectTypeOf(maskEvidence).returns.toExtend<Masked<object>>()
  expectTypeOf(maskSuppression).returns.toExtend<Masked<object>>()
  expectTypeOf(maskAuditEvent).returns.toExtend<Masked<object>>()
  expectTypeOf(maskApiKey).returns.toExtend<Masked<object>>()
  expectTypeOf(maskErasure).returns.toExtend<Masked<object>>()
  expectTypeOf(maskMessage<Message>).returns.toExtend<Parameters<typeof presentMessage>[0]>()
  expectTypeOf(maskRejectedRow).returns.toExtend<Masked<object>>()
})
