import { type Api, type BodyOf, init, type RequestOptions } from '../api.ts'

export const passwordResets = ({ http, result }: Api) => ({
  /** Sends a link to the address, if somebody logs in with it; the answer does not tell. No credentials needed. */
  create: (body: BodyOf<'passwordResets.create'>, options?: RequestOptions) =>
    result(http.POST('/v1/password-resets', { body, ...init(options) })),
  /** With the token of the link in the mail. */
  complete: (body: BodyOf<'passwordResets.complete'>, options?: RequestOptions) =>
    result(http.POST('/v1/password-resets/complete', { body, ...init(options) })),
})
