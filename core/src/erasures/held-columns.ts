/**
 * What each column that can hold text may hold of a person, and what an erasure does about it. A test compares this with the catalog
 * of the database: a column without a verdict fails it. To add a column, say here what becomes of a person in it.
 */

export type Verdict =
  /** No person can be in it: ids, codes, keys of declared things, hashes, what an operator or a program chose. */
  | 'none'
  /** Its row is that of a contact, and goes with it. */
  | 'with contact'
  /** What the account has written itself: mentions are searched, and replaced by a mark. */
  | 'searched'
  /** Names that are unique in an account: as `searched`, and told apart by the end of their id. */
  | 'searched name'
  /** JSON of which the keys are the account's own words as well. */
  | 'searched with keys'
  /** Its row is searched, and deleted when it mentions the person. */
  | 'row deleted'
  /** Sealed, or hashed under a key that the database does not hold, and forgotten by its own time. */
  | 'sealed'
  /** About a user of the account or of the operator, who is somebody else in law: counted in the receipt when it is the same address. */
  | 'of users'
  /** Append-only, and chained by hashes: counted in the receipt. */
  | 'immutable'
  /** Says who another contact, a sender or the account is: not to be changed on anybody's behalf, counted in the receipt. */
  | 'identity'

type Columns = Record<string, Verdict>

export const heldColumns: Record<string, Columns> = {
  account: {
    name: 'identity',
    status_reason: 'none',
    locale: 'none',
    timezone: 'none',
    legal: 'of users',
    dpo: 'of users',
    security: 'none',
    retention: 'none',
    terms_version: 'none',
    terms_address: 'of users',
  },
  account_closure: {
    archive_file: 'none',
    archive_key: 'sealed',
    archive_sha256: 'none',
    archived: 'none',
    deleted: 'none',
  },
  allowance: { name: 'none' },
  api_key: {
    name: 'searched',
    hint: 'none',
    role: 'none',
    permissions: 'none',
    allowed_ips: 'none',
    last_used_address: 'of users',
  },
  audit_anchor: { hash: 'none', proof: 'none' },
  audit_event: {
    actor_type: 'none',
    action: 'none',
    target_type: 'none',
    target_id: 'none',
    outcome: 'none',
    address: 'immutable',
    request_id: 'none',
    changed: 'none',
    counts: 'none',
    kind: 'none',
    target_ids: 'none',
  },
  audit_seal: { leaves: 'none', root: 'none', hash: 'none' },
  campaign: {
    name: 'searched',
    status_reason: 'none',
    approved_by_type: 'none',
    content: 'searched',
    snapshot: 'searched',
    erased_counts: 'none',
    erased_events: 'none',
  },
  checkpoint: { heads: 'none', proof: 'none' },
  consent: { event_hash: 'with contact', address_mark: 'with contact' },
  consent_event: {
    purpose_key: 'none',
    source: 'immutable',
    text: 'immutable',
    text_version: 'immutable',
    ip: 'with contact',
    address_mark: 'with contact',
    url: 'immutable',
    actor_type: 'none',
    previous_hash: 'with contact',
    hash: 'with contact',
  },
  consent_seal: { leaves: 'none', hash: 'none' },
  record_entry: { kind: 'none', hash: 'none' },
  record_seal: { leaves: 'none', hash: 'none' },
  consent_tombstone: { proof: 'sealed' },
  contact: {
    email: 'with contact',
    phone: 'with contact',
    external_id: 'identity',
    first_name: 'searched',
    last_name: 'searched',
    locale: 'none',
    timezone: 'none',
    attributes: 'searched',
    origin_source: 'searched',
    origin_detail: 'searched',
    objections: 'none',
    rights_event_hash: 'with contact',
  },
  credential_index: { lookup: 'sealed' },
  erased_fingerprint: { kind: 'none', fingerprint: 'sealed' },
  erasure: { reason: 'none', subject: 'sealed', deleted: 'none', replaced: 'none', out_of_reach: 'none' },
  event: { type: 'none', reasons: 'none' },
  event_inbox: { type: 'none', hints: 'none' },
  field: { key: 'none', label: 'searched', choices: 'searched' },
  idempotency_key: {
    key: 'sealed',
    operation_id: 'none',
    fingerprint: 'sealed',
    headers: 'none',
    body: 'sealed',
    permissions: 'none',
    mentions: 'sealed',
    shown: 'none',
    withheld: 'none',
  },
  import: {
    format: 'none',
    columns: 'searched with keys',
    delimiter: 'none',
    encoding: 'none',
    on_conflict: 'none',
    origin: 'searched',
    consents: 'searched',
    file_key: 'none',
    failure: 'none',
    actor_type: 'none',
  },
  import_error: {
    code: 'none',
    detail: 'row deleted',
    row: 'row deleted',
    email: 'row deleted',
    phone: 'row deleted',
    external_id: 'row deleted',
  },
  import_row: {
    email: 'row deleted',
    phone: 'row deleted',
    external_id: 'row deleted',
    first_name: 'row deleted',
    last_name: 'row deleted',
    locale: 'none',
    timezone: 'none',
    attributes: 'row deleted',
    evidence: 'row deleted',
    raw: 'row deleted',
  },
  limited_act: { kind: 'none', subject: 'sealed' },
  list: { name: 'searched name' },
  log_head: { log: 'none', hash: 'none', proof: 'none' },
  log_verification: { log: 'none', first_break: 'none' },
  login_throttle: { key: 'sealed' },
  message: { reason: 'none', enhanced_code: 'none' },
  outbox: { name: 'none', payload: 'none', last_error: 'none', dedupe_key: 'none' },
  passkey: { name: 'of users', credential_id: 'none', public_key: 'none', transports: 'none' },
  passkey_challenge: { ceremony: 'none', challenge: 'none' },
  platform_key: { purpose: 'none', sealed: 'sealed' },
  purpose: {
    key: 'none',
    name: 'searched',
    description: 'searched',
    assessment: 'searched',
    retention: 'none',
    policy_text: 'searched',
    policy_version: 'none',
  },
  recovery_code: { hash: 'sealed' },
  request_count: { key: 'sealed' },
  schedule: { name: 'none' },
  segment: { name: 'searched name', rule: 'searched' },
  sender: { email: 'identity', name: 'searched', reply_to: 'identity' },
  sender_domain: {
    domain: 'none',
    verified_by: 'none',
    dkim_selector: 'none',
    dkim_public_key: 'none',
    dkim_private_key: 'sealed',
    checks: 'none',
  },
  session: {
    refresh_hash: 'none',
    previous_hash: 'none',
    address: 'of users',
    user_agent: 'of users',
    network: 'of users',
    program: 'of users',
    second_factor: 'none',
  },
  suppression: { fingerprint: 'sealed', value: 'with contact', reason: 'none', purpose_key: 'none' },
  system_mail: { kind: 'none', reason: 'none', address: 'sealed', enhanced_code: 'none' },
  template: {
    name: 'searched name',
    subject: 'searched',
    mjml: 'searched',
    html: 'searched',
    text: 'searched',
  },
  totp: { seed: 'sealed' },
  user: {
    email: 'of users',
    first_name: 'of users',
    last_name: 'of users',
    role: 'none',
    permissions: 'none',
    password_hash: 'sealed',
  },
  user_link: { kind: 'none', hash: 'sealed' },
  user_mail: { kind: 'none', facts: 'none', reason: 'none', address: 'sealed', enhanced_code: 'none' },
  verification_change: { actor_type: 'none', reason: 'searched' },
}

type Searched = Extract<Verdict, `searched${string}`>

/** The tables in which mentions are searched, with their columns. */
export const searchedTables = Object.entries(heldColumns).flatMap(([table, columns]) => {
  const searched = Object.entries(columns).filter((entry): entry is [string, Searched] =>
    entry[1].startsWith('searched'),
  )
  return searched.length === 0 ? [] : [{ table, columns: searched }]
})

const jsonColumns: ReadonlySet<string> = new Set([
  'campaign.content',
  'campaign.snapshot',
  'contact.attributes',
  'import.columns',
  'import.origin',
  'import.consents',
  'segment.rule',
])

/** How a searched column is written back: as JSON, as a list of texts, or as a text. A test compares this with the catalog too. */
export const isJson = (table: string, column: string) => jsonColumns.has(`${table}.${column}`)
export const isList = (table: string, column: string) => `${table}.${column}` === 'field.choices'
