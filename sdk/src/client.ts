import { type Api, createApi } from './api.ts'
import { clientTokens } from './client-tokens.ts'
import { accountClosure } from './resources/account-closure.ts'
import { account, accounts } from './resources/accounts.ts'
import { apiKeys } from './resources/api-keys.ts'
import { auditEvents } from './resources/audit-events.ts'
import { campaigns } from './resources/campaigns.ts'
import { consents } from './resources/consents.ts'
import { contacts } from './resources/contacts.ts'
import { erasures } from './resources/erasures.ts'
import { fields } from './resources/fields.ts'
import { imports } from './resources/imports.ts'
import { invitations } from './resources/invitations.ts'
import { lists } from './resources/lists.ts'
import { oauth } from './resources/oauth.ts'
import { objections } from './resources/objections.ts'
import { operator } from './resources/operator.ts'
import { passkeys } from './resources/passkeys.ts'
import { passwordResets } from './resources/password-resets.ts'
import { purposes } from './resources/purposes.ts'
import { restriction } from './resources/restriction.ts'
import { segments } from './resources/segments.ts'
import { senderDomains } from './resources/sender-domains.ts'
import { senders } from './resources/senders.ts'
import { sessions } from './resources/sessions.ts'
import { suppressions } from './resources/suppressions.ts'
import { templates } from './resources/templates.ts'
import { totp } from './resources/totp.ts'
import { tracking } from './resources/tracking.ts'
import { users } from './resources/users.ts'
import { verification } from './resources/verification.ts'
import { sleep } from './sleep.ts'

export interface EnvoiOptions {
  /** Address of the API, as `https://api.example.com`. */
  baseUrl: string
  /** An API key or an access token; a function is asked before each request. */
  token?: string | (() => string | Promise<string>)
  /** With `clientSecret`, instead of `token`: the id of an API key. Access tokens are got and renewed by the client itself (OAuth 2.0). */
  clientId?: string
  /** The key itself. */
  clientSecret?: string
  /** Attempts after the first; 3 unless said. Only what is safe to repeat is repeated. */
  maxRetries?: number
  /** Milliseconds an attempt may go without a byte sent or received; 30,000 unless said. */
  timeout?: number
  /**
   * Asked when a request is refused because it takes a recent proof of who the user is (`proof_required`): prove it with
   * `sessions.prove`, and answer true to have the request sent once more. It may take as long as a person needs: `timeout` bounds requests.
   */
  onProofRequired?: () => Promise<boolean>
  /** Another `fetch`, for a proxy or a browser's needs. */
  fetch?: typeof fetch
}

/** A client of the API: a resource per group of operations, under the names of the contract. */
export type Envoi = ReturnType<typeof resourcesOf> & {
  /** The same client with other credentials. */
  with(token: EnvoiOptions['token']): Envoi
}

/** Makes a client; nothing is sent yet. */
export function createEnvoi(options: EnvoiOptions): Envoi {
  const { token, clientId, clientSecret } = options
  const transport = {
    baseUrl: options.baseUrl,
    fetch: options.fetch ?? globalThis.fetch,
    maxRetries: options.maxRetries ?? 3,
    timeout: options.timeout ?? 30_000,
    onProofRequired: options.onProofRequired ?? (async () => false),
    randomKey: () => crypto.randomUUID(),
    sleep,
    now: Date.now,
    random: Math.random,
  }
  const client =
    clientId === undefined || clientSecret === undefined
      ? undefined
      : clientTokens(
          createApi({ ...transport, token: () => undefined }),
          { clientId, clientSecret },
          Date.now,
        )
  const api = createApi({
    ...transport,
    token: () => (client !== undefined ? client.get() : typeof token === 'function' ? token() : token),
    async fetch(input, init) {
      const response = await transport.fetch(input, init)
      if (response.status === 401) client?.forget()
      return response
    },
  })
  const { clientId: _, clientSecret: __, ...others } = options
  return {
    ...resourcesOf(api),
    with: (otherToken) => createEnvoi({ ...others, token: otherToken }),
  }
}

function resourcesOf(api: Api) {
  return {
    accounts: accounts(api),
    account: account(api),
    accountClosure: accountClosure(api),
    verification: verification(api),
    users: users(api),
    invitations: invitations(api),
    passwordResets: passwordResets(api),
    sessions: sessions(api),
    totp: totp(api),
    passkeys: passkeys(api),
    apiKeys: apiKeys(api),
    oauth: oauth(api),
    auditEvents: auditEvents(api),
    contacts: contacts(api),
    segments: segments(api),
    fields: fields(api),
    lists: lists(api),
    erasures: erasures(api),
    purposes: purposes(api),
    consents: consents(api),
    objections: objections(api),
    restriction: restriction(api),
    tracking: tracking(api),
    suppressions: suppressions(api),
    senderDomains: senderDomains(api),
    senders: senders(api),
    templates: templates(api),
    campaigns: campaigns(api),
    imports: imports(api),
    operator: operator(api),
  }
}
