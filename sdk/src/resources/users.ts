import { type Api, type BodyOf, init, type QueryOf, type RequestOptions } from '../api.ts'

export const users = ({ http, result, list }: Api) => ({
  /** Invites somebody by mail. */
  create: (body: BodyOf<'users.create'>, options?: RequestOptions) =>
    result(http.POST('/v1/users', { body, ...init(options) })),
  list: (query: QueryOf<'users.list'> = {}, options?: RequestOptions) =>
    list('/v1/users', { query }, options),
  /** The user who is logged in. */
  me: (options?: RequestOptions) => result(http.GET('/v1/users/me', init(options))),
  updateMe: (body: BodyOf<'users.updateMe'>, options?: RequestOptions) =>
    result(http.PATCH('/v1/users/me', { body, ...init(options) })),
  /** Asks for the mail again that confirms one's address. */
  confirmEmail: (options?: RequestOptions) =>
    result(http.POST('/v1/users/me/email-confirmation', init(options))),
  /** Without a new one, it is generated: read it in the answer. */
  changePassword: (body: BodyOf<'users.changePassword'>, options?: RequestOptions) =>
    result(http.POST('/v1/users/me/password', { body, ...init(options) })),
  get: (userId: string, options?: RequestOptions) =>
    result(http.GET('/v1/users/{userId}', { params: { path: { userId } }, ...init(options) })),
  update: (
    userId: string,
    body: BodyOf<'users.update'>,
    { keepApiKeys, ...options }: RequestOptions & QueryOf<'users.update'> = {},
  ) =>
    result(
      http.PATCH('/v1/users/{userId}', {
        params: { path: { userId }, query: { keepApiKeys } },
        body,
        ...init(options),
      }),
    ),
  /** The keys that only this user knows end too, unless they are kept. */
  delete: (userId: string, { keepApiKeys, ...options }: RequestOptions & QueryOf<'users.delete'> = {}) =>
    result(
      http.DELETE('/v1/users/{userId}', {
        params: { path: { userId }, query: { keepApiKeys } },
        ...init(options),
      }),
    ),
  repeatInvitation: (userId: string, options?: RequestOptions) =>
    result(http.POST('/v1/users/{userId}/invitation', { params: { path: { userId } }, ...init(options) })),
  /** All sessions of the user end at once, and the keys that only they know, unless those are kept. */
  deactivate: (
    userId: string,
    { keepApiKeys, ...options }: RequestOptions & QueryOf<'users.deactivate'> = {},
  ) =>
    result(
      http.POST('/v1/users/{userId}/deactivate', {
        params: { path: { userId }, query: { keepApiKeys } },
        ...init(options),
      }),
    ),
  reactivate: (userId: string, options?: RequestOptions) =>
    result(http.POST('/v1/users/{userId}/reactivate', { params: { path: { userId } }, ...init(options) })),
  /** Makes another user the owner in one's place. */
  transferOwnership: (userId: string, options?: RequestOptions) =>
    result(
      http.POST('/v1/users/{userId}/transfer-ownership', { params: { path: { userId } }, ...init(options) }),
    ),
})
