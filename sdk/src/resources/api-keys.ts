import { type Api, type BodyOf, init, type QueryOf, type RequestOptions } from '../api.ts'

export const apiKeys = ({ http, result, list }: Api) => ({
  /** The key is in this answer only. */
  create: (body: BodyOf<'apiKeys.create'>, options?: RequestOptions) =>
    result(http.POST('/v1/api-keys', { body, ...init(options) })),
  list: (query: QueryOf<'apiKeys.list'> = {}, options?: RequestOptions) =>
    list('/v1/api-keys', { query }, options),
  get: (apiKeyId: string, options?: RequestOptions) =>
    result(http.GET('/v1/api-keys/{apiKeyId}', { params: { path: { apiKeyId } }, ...init(options) })),
  /** Another value, in this answer only; earlier ones go on working for a while, a day unless said. */
  rotate: (apiKeyId: string, body: BodyOf<'apiKeys.rotate'> = {}, options?: RequestOptions) =>
    result(
      http.POST('/v1/api-keys/{apiKeyId}/rotate', { params: { path: { apiKeyId } }, body, ...init(options) }),
    ),
  /** Revokes it at once. */
  delete: (apiKeyId: string, options?: RequestOptions) =>
    result(http.DELETE('/v1/api-keys/{apiKeyId}', { params: { path: { apiKeyId } }, ...init(options) })),
})
