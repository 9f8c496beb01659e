/**
 * Every error the API may answer, once: its HTTP status, its title, and for the page behind its `type` what it means and
 * the way out. Problems follow RFC 9457.
 */
export interface ErrorDefinition {
  status: number
  title: string
  help: string
  /** What RFC 6749, section 5.2, calls it, where an OAuth endpoint answers it; `invalid_request` unless said. */
  oauth?: string
}

export const errors = {
  malformed: {
    status: 400,
    title: 'The request does not have the declared form',
    help: 'Each entry of `errors` points at a field (JSON pointer, RFC 6901) and says what is expected there. Unknown fields are refused.',
  },
  invalid_scope: {
    status: 400,
    title: 'The client may not have this scope',
    help: 'A scope is a permission of the API key. `detail` names those that it does not have; leave `scope` out to get all that it has.',
    oauth: 'invalid_scope',
  },
  unsupported_grant_type: {
    status: 400,
    title: 'This grant type is not supported',
    help: 'The only one is `client_credentials` (RFC 6749, section 4.4). Users log in with `POST /v1/sessions`.',
    oauth: 'unsupported_grant_type',
  },
  unauthorized_client: {
    status: 400,
    title: 'The client may not do this',
    help: 'The API key is good, but its allowed addresses do not contain the one you call from, its account is suspended or refused, or the token is that of another client; `detail` says which.',
    oauth: 'unauthorized_client',
  },
  invalid_cursor: {
    status: 400,
    title: 'The cursor is not valid for this query',
    help: 'A cursor belongs to one account and one query. Start again without it.',
  },
  unauthenticated: {
    status: 401,
    title: 'Valid credentials are missing',
    help: 'Send `Authorization: Bearer <API key or access token>`. The key may be mistyped, expired or revoked.',
  },
  invalid_credentials: {
    status: 401,
    title: 'Email or password is wrong',
    help: 'Check both. The answer is the same whether or not the user exists.',
  },
  invalid_client: {
    status: 401,
    title: 'The client is not known by these credentials',
    help: 'Authenticate with the id of an API key as `client_id` and the key itself as `client_secret`, by HTTP Basic or in the body, and not by both. The key may have expired, been rotated or revoked.',
    oauth: 'invalid_client',
  },
  second_factor_required: {
    status: 401,
    title: 'A second factor is missing',
    help: 'The password is right. Send it again with `totp`: a code of the authenticator app, or a recovery code.',
  },
  second_factor_invalid: {
    status: 401,
    title: 'The second factor is wrong',
    help: 'A code is good for about a minute, and once. If it is refused again and again, check the clock of the device, or use a recovery code.',
  },
  permission_missing: {
    status: 403,
    title: 'The credentials lack a permission',
    help: '`detail` names the permission. An owner or admin of the account can grant it.',
  },
  proof_required: {
    status: 403,
    title: 'A recent proof of who you are is missing',
    help: 'What gives access to others, or changes who has it, takes a login or a proof of the last 15 minutes. Send the password, and the second factor if you have one, to `POST /v1/sessions/proof`, or log in again. Then repeat the request.',
  },
  address_not_allowed: {
    status: 403,
    title: 'These credentials may not be used from this address',
    help: "The key's or the account's allowed addresses do not contain the one you call from.",
  },
  account_suspended: {
    status: 403,
    title: 'The account is suspended or refused',
    help: 'It sends nothing, and its data can only be exported; `statusReason` of the account says why. Contact the operator of the platform.',
  },
  account_closing: {
    status: 403,
    title: 'The account is being closed',
    help: 'Until it is, it can be read and exported, and an owner can call its closing back: `DELETE /v1/account/closure`. `GET` there says where it stands.',
  },
  enrolment_required: {
    status: 403,
    title: 'The account requires a second factor',
    help: 'Set one up first: `POST /v1/users/me/totp`, and confirm its first code. The session can do the rest from then on.',
  },
  trial_restricted: {
    status: 403,
    title: 'A trial account cannot do this',
    help: 'A trial account sends only to addresses that its own users have confirmed, within a daily quota, holds 1,000 contacts and 10 users at most, and creates 2,000 contacts, sends 10 invitations and adds 20 sender domains in 24 hours. Each operation also says how often it may be asked for (`x-trial-limit`). What is deleted, and what is refused, counts as well. The limits end when the operator has approved the account.',
  },
  not_found: {
    status: 404,
    title: 'There is nothing here',
    help: 'The resource does not exist, or is not yours.',
  },
  conflict: {
    status: 409,
    title: 'Something with the same unique value exists',
    help: 'The pointer names the field whose value is taken.',
  },
  contact_erased: {
    status: 409,
    title: 'This person asked to be erased',
    help: 'The address was erased on request (GDPR art. 17). It can come back only with evidence of a consent collected after the erasure.',
  },
  totp_enabled: {
    status: 409,
    title: 'The second factor is set up already',
    help: 'To move it to another app, end it first with a code of the present one, or with a recovery code.',
  },
  campaign_not_draft: {
    status: 409,
    title: 'The campaign is not a draft any more',
    help: 'It was sent, scheduled or cancelled already. Copy it into a new campaign to send it again.',
  },
  campaign_not_sending: {
    status: 409,
    title: 'The campaign is not being sent',
    help: 'Only a campaign that is being sent can be paused.',
  },
  campaign_not_paused: {
    status: 409,
    title: 'The campaign is not paused',
    help: 'Only a paused campaign can be resumed.',
  },
  campaign_live: {
    status: 409,
    title: 'The campaign is not of test mode',
    help: 'No message may leave because of a test key. Resume the campaign with a key of live mode, or as a user.',
  },
  campaign_over: { status: 409, title: 'The campaign is over', help: 'It was sent or cancelled already.' },
  in_use: {
    status: 409,
    title: 'Something else refers to this',
    help: 'Remove what refers to it first; `detail` says what.',
  },
  last_owner: {
    status: 409,
    title: 'The account would be left without an owner',
    help: 'Make somebody else an owner first, or hand the account over with `transfer-ownership`.',
  },
  verification_incomplete: {
    status: 409,
    title: 'Steps of the verification are open',
    help: '`detail` names them. `GET /v1/operator/accounts/{accountId}` shows where each stands; `waive`, with a reason, does without one.',
  },
  import_has_file: {
    status: 409,
    title: 'The import does not wait for a file',
    help: 'An import takes one file, once. `detail` tells its status; create another import for another file.',
  },
  import_ended: {
    status: 409,
    title: 'The import has ended',
    help: 'There is nothing left to cancel.',
  },
  idempotency_answer_withheld: {
    status: 409,
    title: 'The request was done, and its answer is not given again',
    help: 'The answer held a secret that is shown once, or somebody who has been erased since, or more than you may see by now. `detail` says which, and where to read what the request made. Do not repeat it: read that resource, or make what you need anew with another Idempotency-Key (rotate an API key, ask for another password).',
  },
  idempotency_in_flight: {
    status: 409,
    title: 'The same request is being processed',
    help: 'Retry a little later with the same Idempotency-Key: the stored answer will come.',
  },
  link_ended: {
    status: 410,
    title: 'The link does not work any more',
    help: 'It was used, it has expired, or what it was for has been settled otherwise. Ask for another one.',
  },
  precondition_failed: {
    status: 412,
    title: 'The resource has changed since you read it',
    help: 'Read it again, apply your change to the new state, and send its new ETag as If-Match.',
  },
  payload_too_large: {
    status: 413,
    title: 'The body is too large',
    help: 'Bodies are bounded: 1 MiB for JSON unless the operation says otherwise. Use an import for many contacts.',
  },
  unsupported_media_type: {
    status: 415,
    title: 'The media type of the body is not supported',
    help: 'Send `Content-Type: application/json` unless the operation says otherwise.',
  },
  invalid: {
    status: 422,
    title: 'The request is well-formed, but a rule refuses it',
    help: 'Each entry of `errors` points at a field and says which rule.',
  },
  idempotency_key_reused: {
    status: 422,
    title: 'This Idempotency-Key was used with another request',
    help: 'Use a new key for each new operation.',
  },
  instruction_may_infringe: {
    status: 422,
    title: 'This instruction may infringe data protection law',
    help: 'GDPR art. 28(3): a processor informs the controller when an instruction may infringe the law. `detail` names the article and the way out.',
  },
  rate_limited: {
    status: 429,
    title: 'Too many requests',
    help: 'Wait for as long as `Retry-After` says. It is answered to too many requests in a minute, and to too many under way at once; `detail` says when it is the latter.',
  },
  internal: {
    status: 500,
    title: 'Something went wrong on our side',
    help: 'Retry with the same Idempotency-Key. If it persists, report `instance`.',
  },
  unavailable: {
    status: 503,
    title: 'The service is not available for the moment',
    help: 'Retry after as long as `Retry-After` says.',
  },
} as const satisfies Record<string, ErrorDefinition>

export type ErrorCode = keyof typeof errors

/** What any operation may answer, besides its own errors. */
export const commonErrors = [
  'malformed',
  'rate_limited',
  'internal',
  'unavailable',
] as const satisfies ErrorCode[]
/** What any operation with credentials may answer as well. */
export const securedErrors = [
  'unauthenticated',
  'permission_missing',
  'address_not_allowed',
  'account_suspended',
  'account_closing',
  'enrolment_required',
] as const satisfies ErrorCode[]
