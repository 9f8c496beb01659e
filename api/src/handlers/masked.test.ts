/** The only way out is through the mask: what presents a person takes nothing that has not been there. The compiler judges these. */
import { type Masked, maskEvidence, maskRejectedRow, maskSuppression } from '@envoi/core/contacts/mask'
import type { ContactWithLists } from '@envoi/core/contacts/read-contacts'
import { expectTypeOf, test } from 'vitest'
import { presentContact } from './contacts.ts'

test('a row of the database is not what presenters take', () => {
  expectTypeOf(presentContact).parameter(0).toEqualTypeOf<Masked<ContactWithLists>>()
  expectTypeOf<ContactWithLists>().not.toExtend<Masked<ContactWithLists>>()
})

test('what masks answers what they take', () => {
  expectTypeOf(maskEvidence).returns.toExtend<Masked<object>>()
  expectTypeOf(maskSuppression).returns.toExtend<Masked<object>>()
  expectTypeOf(maskRejectedRow).returns.toExtend<Masked<object>>()
})
