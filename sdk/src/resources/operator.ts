import { type Api, type BodyOf, init, type QueryOf, type RequestOptions } from '../api.ts'

/** For the operator of the platform, with the operator token. */
export const operator = ({ http, result, list }: Api) => ({
  listAccounts: (query: QueryOf<'operator.listAccounts'> = {}, options?: RequestOptions) =>
    list('/v1/operator/accounts', { query }, options),
  /** With the steps of its verification. */
  getAccount: (accountId: string, options?: RequestOptions) =>
    result(
      http.GET('/v1/operator/accounts/{accountId}', { params: { path: { accountId } }, ...init(options) }),
    ),
  /** `waive`, with a reason, does without steps that are open. */
  approveAccount: (accountId: string, body?: BodyOf<'operator.approveAccount'>, options?: RequestOptions) =>
    result(
      http.POST('/v1/operator/accounts/{accountId}/approve', {
        params: { path: { accountId } },
        body,
        ...init(options),
      }),
    ),
  refuseAccount: (accountId: string, body: BodyOf<'operator.refuseAccount'>, options?: RequestOptions) =>
    result(
      http.POST('/v1/operator/accounts/{accountId}/refuse', {
        params: { path: { accountId } },
        body,
        ...init(options),
      }),
    ),
  /** All its sending stops at once. */
  suspendAccount: (accountId: string, body: BodyOf<'operator.suspendAccount'>, options?: RequestOptions) =>
    result(
      http.POST('/v1/operator/accounts/{accountId}/suspend', {
        params: { path: { accountId } },
        body,
        ...init(options),
      }),
    ),
  reopenAccount: (accountId: string, options?: RequestOptions) =>
    result(
      http.POST('/v1/operator/accounts/{accountId}/reopen', {
        params: { path: { accountId } },
        ...init(options),
      }),
    ),
  /** Where the closing of an account stands, with its receipts. */
  getAccountClosure: (accountId: string, options?: RequestOptions) =>
    result(
      http.GET('/v1/operator/accounts/{accountId}/closure', {
        params: { path: { accountId } },
        ...init(options),
      }),
    ),
  /** Recomputes the platform's own audit log. */
  auditIntegrity: (options?: RequestOptions) =>
    result(http.GET('/v1/operator/audit-events/integrity', init(options))),
  /** Where DNS cannot be checked. */
  approveSenderDomain: (accountId: string, senderDomainId: string, options?: RequestOptions) =>
    result(
      http.POST('/v1/operator/accounts/{accountId}/sender-domains/{senderDomainId}/approve', {
        params: { path: { accountId, senderDomainId } },
        ...init(options),
      }),
    ),
})
