import { Type } from '@sinclair/typebox'
import { Finding } from './finding.ts'
import { operation, resource } from './operation.ts'
import {
  Channel,
  Closed,
  Email,
  Id,
  Line,
  Nullable,
  OneOf,
  Page,
  Progress,
  pageQuery,
  Timestamp,
} from './schemas.ts'
import { contentFields, maskedValues } from './templates.ts'

const Name = Line({ minLength: 1, maxLength: 200, examples: ['Lettre de novembre'] })
const tracking = {
  opens: Type.Boolean({ examples: [true] }),
  clicks: Type.Boolean({ examples: [true] }),
}
const mode = OneOf(['individual', 'aggregate'], {
  description:
    'How recipients who agreed to it are measured: each by name, or together, with links that are the same for everybody. Those who object to profiling are only ever counted together.',
})
const Tracking = Type.Object(
  { ...tracking, mode },
  {
    additionalProperties: false,
    description:
      'What may be measured, of those recipients whose tracking consent is granted; the messages of all others hold no pixel and no rewritten link, whatever is set here. Nothing unless said.',
  },
)
const TrackingInput = Closed({ ...tracking, mode: Type.Optional(mode) })
const Throttle = Nullable(
  Type.Integer({
    minimum: 1,
    maximum: 10_000_000,
    description: 'Messages per hour; null for no limit of its own.',
    examples: [10000],
  }),
)
const PurposeKey = Type.String({
  minLength: 1,
  maxLength: 64,
  description: 'Key of the purpose: it decides who may receive the campaign.',
  examples: ['newsletter'],
})
const Content = Closed(contentFields, { description: 'Inline content, instead of a template.' })

export const campaignStatuses = ['draft', 'scheduled', 'sending', 'paused', 'sent', 'cancelled'] as const
export const messageStates = [
  'queued',
  'sending',
  'sent',
  'deferred',
  'failed',
  'unknown',
  'excluded',
  'cancelled',
  'sink',
] as const

const count = (description: string) => Type.Integer({ minimum: 0, description, examples: [0] })

export const CampaignCounts = Type.Object(
  {
    queued: count('Waiting to be sent.'),
    sending: count('In the hands of a worker.'),
    sent: count('Accepted by the mail server.'),
    deferred: count('Refused for the moment (4xx); tried again later.'),
    failed: count('Refused for good (5xx).'),
    unknown: count(
      'The connection was lost after the message had been handed over: it may have been sent, so it is not sent again.',
    ),
    excluded: count('Left out, each with a reason.'),
    cancelled: count('Not sent because the campaign was cancelled.'),
    sink: count('Of test mode: rendered and signed, and handed to nobody.'),
    opened: count('Distinct recipients who opened, of those tracked individually; machines left out.'),
    clicked: count('Distinct recipients who clicked, of those tracked individually; machines left out.'),
    aggregateOpens: count('Opens counted without knowing whose; machines left out.'),
    aggregateClicks: count('Clicks counted without knowing whose; machines left out.'),
    unsubscribed: count('Recipients who unsubscribed through this campaign.'),
    reasons: Type.Record(Type.String(), Type.Integer({ minimum: 0 }), {
      description: 'How many were left out, are deferred, or failed, for each reason code.',
      examples: [{ consent_missing: 12 }],
    }),
  },
  { $id: 'CampaignCounts' },
)

export const Campaign = Type.Object(
  {
    id: Id,
    name: Name,
    channel: Channel,
    status: OneOf(campaignStatuses),
    statusReason: Nullable(
      Type.String({
        description:
          'Why the platform itself paused it (`sender_domain_unverified`: its mail would leave unsigned; `segment_invalid`: its segment names what has been deleted; `account_closing`: the account was to be closed), or made a scheduled one a draft again (the code of the problem). Null when nobody but you changed its status.',
        examples: [null],
      }),
    ),
    approval: Nullable(
      Type.Object(
        {
          at: Timestamp,
          by: Type.Object({ type: OneOf(['user', 'api_key', 'operator', 'system']), id: Nullable(Id) }),
        },
        {
          description:
            'Who scheduled or sent it, and when. What leaves is what it was at that moment: content, sender with its name and reply address, tracking, purpose, and the rule of the segment with those it names. Later changes to template, sender or segments change nothing of it; `test` shows it. Null while it is a draft, and again when the platform made it one.',
        },
      ),
    ),
    purpose: PurposeKey,
    segment: Nullable(Id),
    lists: Type.Array(Id, { examples: [[]] }),
    sender: Id,
    template: Nullable(Id),
    content: Nullable(Type.Object({ ...contentFields })),
    tracking: Tracking,
    throttle: Throttle,
    testMode: Type.Boolean({
      description:
        'Whether it was sent or scheduled with a test key: it runs as any other, but its messages end in the state `sink`, and none leaves. Decided anew each time a draft is sent or scheduled.',
      examples: [false],
    }),
    schedule: Nullable(Timestamp),
    progress: Progress,
    counts: CampaignCounts,
    createdAt: Timestamp,
    updatedAt: Timestamp,
    startedAt: Nullable(Timestamp),
    completedAt: Nullable(Timestamp),
  },
  { $id: 'Campaign' },
)

const Activity = Type.Object({
  total: count('All of them, machines included.'),
  human: count('By people, as far as can be told.'),
  unknown: count('By a person or a machine: nothing tells.'),
  machine: count('By machines: gateways that follow every link, mail programs that load images unasked.'),
  recipients: count('Distinct recipients, of those tracked individually; machines left out.'),
})

export const CampaignReport = Type.Object(
  {
    campaign: Id,
    counts: CampaignCounts,
    opens: Activity,
    clicks: Activity,
    links: Type.Array(
      Type.Object({
        link: Type.Integer({ minimum: 0, description: 'Its place in the content, from 0.', examples: [0] }),
        url: Nullable(
          Type.String({
            description: 'Its address, as written in the content.',
            examples: ['https://shop.example/boots'],
          }),
        ),
        clicks: Activity,
      }),
      {
        description:
          'Clicks on each link that somebody clicked. Clicks of people who were erased since are in the sums above, and in none of these.',
      },
    ),
  },
  { $id: 'CampaignReport' },
)

export const Message = Type.Object(
  {
    id: Id,
    contact: Nullable(Id),
    campaign: Nullable(Id),
    channel: Channel,
    state: OneOf(messageStates),
    reason: Nullable(
      Type.String({ description: 'Why it was left out, deferred or failed.', examples: [null] }),
    ),
    trackingMode: Nullable(
      OneOf(['off', 'aggregate', 'individual'], { description: 'Decided when the message was rendered.' }),
    ),
    attempts: Type.Integer({ minimum: 0, examples: [1] }),
    sentAt: Nullable(Timestamp),
    stateAt: Timestamp,
  },
  { $id: 'Message' },
)

const editable = {
  name: Type.Optional(Name),
  purpose: Type.Optional(PurposeKey),
  segment: Type.Optional(Nullable(Id)),
  lists: Type.Optional(Type.Array(Id, { maxItems: 100, uniqueItems: true, examples: [[]] })),
  sender: Type.Optional(Id),
  template: Type.Optional(Nullable(Id)),
  content: Type.Optional(Nullable(Content)),
  tracking: Type.Optional(TrackingInput),
  throttle: Type.Optional(Throttle),
}

const params = Type.Object({ campaignId: Id })
const change = { access: 'campaigns:send', params, responses: { 202: Campaign } } as const

export const campaigns = resource(
  'campaigns',
  {
    title: 'Campaigns',
    description:
      'One content to many contacts, each of whom may lawfully receive it at the moment it is handed over.',
  },
  {
    create: operation({
      method: 'POST',
      path: '/v1/campaigns',
      summary: 'Create a campaign',
      description: `A draft. The audience is a segment or lists; the content a template or inline. ${maskedValues}`,
      access: 'campaigns:write',
      trialLimit: 500,
      body: Closed({ ...editable, name: Name, channel: Channel, purpose: PurposeKey, sender: Id }),
      responses: { 201: Campaign },
      errors: ['invalid'],
    }),
    list: operation({
      method: 'GET',
      path: '/v1/campaigns',
      cost: 'expensive',
      summary: 'List campaigns',
      description: 'Newest first.',
      access: 'campaigns:read',
      query: Type.Object({
        ...pageQuery,
        status: Type.Optional(OneOf(campaignStatuses, { description: 'Only those in this state.' })),
      }),
      responses: { 200: Page(Campaign) },
      errors: ['invalid_cursor'],
    }),
    get: operation({
      method: 'GET',
      path: '/v1/campaigns/{campaignId}',
      summary: 'Read a campaign',
      description: 'With its progress and its figures.',
      access: 'campaigns:read',
      params,
      responses: { 200: Campaign },
      errors: ['not_found'],
    }),
    update: operation({
      method: 'PATCH',
      path: '/v1/campaigns/{campaignId}',
      summary: 'Change a draft',
      description: `A JSON merge patch (RFC 7396). Only a draft can be changed. ${maskedValues}`,
      access: 'campaigns:write',
      params,
      body: Closed(editable),
      responses: { 200: Campaign },
      errors: ['not_found', 'invalid', 'campaign_not_draft', 'precondition_failed'],
    }),
    delete: operation({
      method: 'DELETE',
      path: '/v1/campaigns/{campaignId}',
      summary: 'Delete a draft',
      description:
        'Only a draft can be deleted: what was sent stays on record. Refused while a segment asks for it.',
      access: 'campaigns:write',
      params,
      responses: { 204: null },
      errors: ['not_found', 'campaign_not_draft', 'in_use'],
    }),
    preflight: operation({
      method: 'POST',
      path: '/v1/campaigns/{campaignId}/preflight',
      cost: 'expensive',
      safe: true,
      summary: 'Check a campaign before sending',
      description:
        'Ground, unsubscribe link, sender, tracking, audience. `send` refuses while there is a finding of severity `error`.',
      access: 'campaigns:read',
      params,
      responses: {
        200: Type.Object(
          { ok: Type.Boolean({ examples: [true] }), findings: Type.Array(Finding) },
          { $id: 'Preflight' },
        ),
      },
      errors: ['not_found'],
    }),
    test: operation({
      method: 'POST',
      path: '/v1/campaigns/{campaignId}/test',
      summary: 'Send a test',
      description:
        "To up to five addresses that the account's own users have confirmed, personalised with a contact's data when one is given (`contacts:read` is needed, and without `contacts:reveal` they are masked). Nothing is tracked and no figure changes; each counts in the daily quota of an account in trial.",
      access: 'campaigns:send',
      trialLimit: 20,
      params,
      body: Closed({
        to: Type.Array(Email, { minItems: 1, maxItems: 5, uniqueItems: true }),
        contactId: Type.Optional(Id),
      }),
      responses: { 202: Campaign },
      errors: ['not_found', 'invalid', 'trial_restricted'],
    }),
    send: operation({
      ...change,
      method: 'POST',
      path: '/v1/campaigns/{campaignId}/send',
      trialLimit: 100,
      cost: 'expensive',
      summary: 'Send a campaign to everyone in its audience who may receive it',
      description:
        'Content, sender and the rule of the audience are taken as they are now (`approval`); who is in it is found out by a job. Images stay where their addresses lead: whoever runs that server can change what is seen. A second `send` is refused.',
      errors: ['not_found', 'invalid', 'campaign_not_draft', 'instruction_may_infringe', 'trial_restricted'],
    }),
    schedule: operation({
      ...change,
      method: 'POST',
      path: '/v1/campaigns/{campaignId}/schedule',
      trialLimit: 100,
      cost: 'expensive',
      summary: 'Send a campaign later',
      description:
        'What it is now is what will leave (`approval`): later changes to its template, sender or segments do not count. At that time its preflight is done anew, and who is in the audience is found out then: the rule is the approved one, lists and contacts are as they are by then. What must not leave any more makes it a draft again, without approval. Cancelling it before brings it back to nothing sent.',
      body: Closed({ at: Timestamp }),
      errors: ['not_found', 'invalid', 'campaign_not_draft', 'instruction_may_infringe', 'trial_restricted'],
    }),
    pause: operation({
      ...change,
      method: 'POST',
      path: '/v1/campaigns/{campaignId}/pause',
      trialLimit: 500,
      summary: 'Pause a campaign',
      description: 'Messages in the hands of a worker are finished; no other leaves.',
      errors: ['not_found', 'campaign_not_sending'],
    }),
    resume: operation({
      ...change,
      method: 'POST',
      path: '/v1/campaigns/{campaignId}/resume',
      trialLimit: 500,
      summary: 'Resume a paused campaign',
      description:
        'Ground is checked anew for each message that is left. A test key resumes campaigns of test mode only: no message may leave because of it.',
      errors: ['not_found', 'campaign_not_paused', 'campaign_live'],
    }),
    cancel: operation({
      ...change,
      method: 'POST',
      path: '/v1/campaigns/{campaignId}/cancel',
      trialLimit: 500,
      summary: 'Cancel a campaign',
      description: 'What has not left will not; what has left cannot be called back.',
      errors: ['not_found', 'campaign_over'],
    }),
    report: operation({
      method: 'GET',
      path: '/v1/campaigns/{campaignId}/report',
      cost: 'expensive',
      summary: 'Read the report of a campaign',
      description:
        'What became of its messages, and what recipients did: opens and clicks as they came in, and apart from machines; clicks by link.',
      access: 'campaigns:read',
      params,
      responses: { 200: CampaignReport },
      errors: ['not_found'],
    }),
    messages: operation({
      method: 'GET',
      path: '/v1/campaigns/{campaignId}/messages',
      cost: { expensiveWith: ['state', 'reason'] },
      summary: 'List the messages of a campaign',
      description: 'One per contact of the audience, with its state and, for those left out, the reason.',
      access: 'campaigns:read',
      params,
      query: Type.Object({
        ...pageQuery,
        state: Type.Optional(OneOf(messageStates, { description: 'Only those in this state.' })),
        reason: Type.Optional(
          Type.String({
            maxLength: 64,
            description: 'Only those left out, deferred or failed for this reason.',
            examples: ['consent_withdrawn'],
          }),
        ),
      }),
      responses: { 200: Page(Message) },
      errors: ['not_found', 'invalid_cursor'],
    }),
  },
)
