import { type Api, type BodyOf, init, type RequestOptions } from '../api.ts'

export const totp = ({ http, result }: Api) => ({
  /** Whether one logs in with codes, and how many recovery codes are left. */
  get: (options?: RequestOptions) => result(http.GET('/v1/users/me/totp', init(options))),
  /** A secret for the authenticator app; then `confirm` its first code. */
  begin: (body: BodyOf<'totp.begin'>, options?: RequestOptions) =>
    result(http.POST('/v1/users/me/totp', { body, ...init(options) })),
  /** Answers the recovery codes, once. */
  confirm: (body: BodyOf<'totp.confirm'>, options?: RequestOptions) =>
    result(http.POST('/v1/users/me/totp/confirm', { body, ...init(options) })),
  regenerateRecoveryCodes: (body: BodyOf<'totp.regenerateRecoveryCodes'>, options?: RequestOptions) =>
    result(http.POST('/v1/users/me/totp/recovery-codes', { body, ...init(options) })),
  /** Of another user, who has lost all second factors. */
  reset: (userId: string, options?: RequestOptions) =>
    result(
      http.DELETE('/v1/users/{userId}/second-factors', { params: { path: { userId } }, ...init(options) }),
    ),
  disable: (body: BodyOf<'totp.disable'>, options?: RequestOptions) =>
    result(http.DELETE('/v1/users/me/totp', { body, ...init(options) })),
})
