import { Type } from '@sinclair/typebox'
import { accountStatuses } from './accounts.ts'
import { actorTypes } from './audit-events.ts'
import { operation, resource } from './operation.ts'
import { Id, Nullable, OneOf, Timestamp } from './schemas.ts'

const stepStatuses = ['pending', 'passed', 'waived', 'refused'] as const

const StepStatus = OneOf(stepStatuses, {
  description:
    '`waived`: the operator did without it, and said why. `refused` is the review that ended with no. What holds no longer is `pending` again.',
  examples: ['passed'],
})

const StepChange = Type.Object({
  at: Timestamp,
  before: OneOf(stepStatuses, { description: 'Where the step stood before.', examples: ['pending'] }),
  status: StepStatus,
  actor: Type.Object(
    { type: OneOf(actorTypes), id: Nullable(Id) },
    { description: 'Who brought it about, as in the audit log.' },
  ),
  reason: Nullable(
    Type.String({
      description: 'What the operator said.',
      examples: ['Their contract is signed; the domain moves next month.'],
    }),
  ),
})

const Step = Type.Object({
  kind: OneOf(['owner_email', 'company', 'sender_domain', 'operator_review'], {
    description: [
      '`owner_email`: an owner has confirmed their address by the mailed link. `company`: `legal` of the account has its name, country and registration',
      'number. `sender_domain`: a sender domain is verified, by DNS or by the word of the operator. `operator_review`: the operator has decided.',
    ].join(' '),
  }),
  status: StepStatus,
  history: Type.Array(StepChange, {
    description:
      'What became of it, newest first; the last 100 changes. Empty while the step has not been taken.',
  }),
})

export const Verification = Type.Object(
  {
    status: OneOf(accountStatuses, {
      description: 'Of the account: `trial` until the operator has decided.',
    }),
    steps: Type.Array(Step, { description: 'In the order in which they are taken.' }),
  },
  { $id: 'Verification' },
)

export const verification = resource(
  'verification',
  { title: 'Verification', description: 'How far the vetting of the account has come.' },
  {
    get: operation({
      method: 'GET',
      path: '/v1/account/verification',
      summary: 'Read the verification of the account',
      description:
        'The steps that lead from `trial` to `active`: where each stands, and its history. The operator approves the account once all are passed, or says why one is waived.',
      access: 'account:read',
      responses: { 200: Verification },
    }),
  },
)
