import { type Api, type BodyOf, init, type QueryOf, type RequestOptions } from '../api.ts'

export const sessions = ({ http, result, list }: Api) => ({
  /** Logs in; give the access token to a client of its own: `envoi.with(accessToken)`. */
  create: (body: BodyOf<'sessions.create'>, options?: RequestOptions) =>
    result(http.POST('/v1/sessions', { body, ...init(options) })),
  /** What `navigator.credentials.get()` is called with; then `create` with `passkey`. */
  passkeyOptions: (body: BodyOf<'sessions.passkeyOptions'>, options?: RequestOptions) =>
    result(http.POST('/v1/sessions/passkey-options', { body, ...init(options) })),
  /** Trades a refresh token for new tokens. The old one gives the same new ones for a minute, then ends the session. */
  refresh: (body: BodyOf<'sessions.refresh'>, options?: RequestOptions) =>
    result(http.POST('/v1/sessions/refresh', { body, ...init(options) })),
  /** Proves who the user is, when an operation answers `proof_required`. */
  prove: (body: BodyOf<'sessions.prove'>, options?: RequestOptions) =>
    result(http.POST('/v1/sessions/proof', { body, ...init(options) })),
  list: (query: QueryOf<'sessions.list'> = {}, options?: RequestOptions) =>
    list('/v1/sessions', { query }, options),
  get: (sessionId: string, options?: RequestOptions) =>
    result(http.GET('/v1/sessions/{sessionId}', { params: { path: { sessionId } }, ...init(options) })),
  /** Ends a session at once. */
  delete: (sessionId: string, options?: RequestOptions) =>
    result(http.DELETE('/v1/sessions/{sessionId}', { params: { path: { sessionId } }, ...init(options) })),
})
