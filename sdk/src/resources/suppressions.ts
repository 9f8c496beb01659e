import { type Api, type BodyOf, init, type QueryOf, type RequestOptions } from '../api.ts'

export const suppressions = ({ http, result, list }: Api) => ({
  create: (body: BodyOf<'suppressions.create'>, options?: RequestOptions) =>
    result(http.POST('/v1/suppressions', { body, ...init(options) })),
  list: (query: QueryOf<'suppressions.list'> = {}, options?: RequestOptions) =>
    list('/v1/suppressions', { query }, options),
  get: (suppressionId: string, options?: RequestOptions) =>
    result(
      http.GET('/v1/suppressions/{suppressionId}', { params: { path: { suppressionId } }, ...init(options) }),
    ),
  delete: (suppressionId: string, options?: RequestOptions) =>
    result(
      http.DELETE('/v1/suppressions/{suppressionId}', {
        params: { path: { suppressionId } },
        ...init(options),
      }),
    ),
})
