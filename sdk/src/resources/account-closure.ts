import { type Api, type BodyOf, init, type RequestOptions } from '../api.ts'

export const accountClosure = ({ http, result }: Api) => ({
  /** Closes the account, as its owner: nothing is sent any more, and after a week it is archived and deleted. */
  request: (body: BodyOf<'accountClosure.request'>, options?: RequestOptions) =>
    result(http.POST('/v1/account/closure', { body, ...init(options) })),
  /** Where the closing stands, with its receipts. */
  get: (options?: RequestOptions) => result(http.GET('/v1/account/closure', init(options))),
  /** Calls it back, while it is `cooling`. */
  cancel: (options?: RequestOptions) => result(http.DELETE('/v1/account/closure', init(options))),
})
