import { type Api, type BodyOf, init, type RequestOptions } from '../api.ts'

export const invitations = ({ http, result }: Api) => ({
  /** With the token of the link in the mail; no credentials needed. */
  accept: (body: BodyOf<'invitations.accept'>, options?: RequestOptions) =>
    result(http.POST('/v1/invitations/accept', { body, ...init(options) })),
})
