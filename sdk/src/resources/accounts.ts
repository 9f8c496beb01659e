import { type Api, type BodyOf, init, type QueryOf, type RequestOptions } from '../api.ts'

export const accounts = ({ http, result }: Api) => ({
  /** Opens an account; no credentials needed. */
  create: (body: BodyOf<'accounts.create'>, options?: RequestOptions) =>
    result(http.POST('/v1/accounts', { body, ...init(options) })),
})

export const account = ({ http, result }: Api) => ({
  /** The account of the credentials in use. */
  get: (options?: RequestOptions) => result(http.GET('/v1/account', init(options))),
  /** Merges a patch into it. */
  update: (
    body: BodyOf<'account.update'>,
    { allowLockout, ...options }: RequestOptions & QueryOf<'account.update'> = {},
  ) => result(http.PATCH('/v1/account', { params: { query: { allowLockout } }, body, ...init(options) })),
})
