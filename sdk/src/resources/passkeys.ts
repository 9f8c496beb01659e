import { type Api, type BodyOf, init, type QueryOf, type RequestOptions } from '../api.ts'

export const passkeys = ({ http, result, list }: Api) => ({
  list: (query: QueryOf<'passkeys.list'> = {}, options?: RequestOptions) =>
    list('/v1/users/me/passkeys', { query }, options),
  /** What `navigator.credentials.create()` is called with; then `create` what it gives. */
  begin: (body: BodyOf<'passkeys.begin'>, options?: RequestOptions) =>
    result(http.POST('/v1/users/me/passkeys/options', { body, ...init(options) })),
  /** The first second factor of a user comes with recovery codes, shown once. */
  create: (body: BodyOf<'passkeys.create'>, options?: RequestOptions) =>
    result(http.POST('/v1/users/me/passkeys', { body, ...init(options) })),
  delete: (passkeyId: string, body: BodyOf<'passkeys.delete'>, options?: RequestOptions) =>
    result(
      http.DELETE('/v1/users/me/passkeys/{passkeyId}', {
        params: { path: { passkeyId } },
        body,
        ...init(options),
      }),
    ),
})
