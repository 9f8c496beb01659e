import { type Api, type BodyOf, init, type QueryOf, type RequestOptions } from '../api.ts'

export const purposes = ({ http, result, list }: Api) => ({
  create: (body: BodyOf<'purposes.create'>, options?: RequestOptions) =>
    result(http.POST('/v1/purposes', { body, ...init(options) })),
  list: (query: QueryOf<'purposes.list'> = {}, options?: RequestOptions) =>
    list('/v1/purposes', { query }, options),
  get: (purposeKey: string, options?: RequestOptions) =>
    result(http.GET('/v1/purposes/{purposeKey}', { params: { path: { purposeKey } }, ...init(options) })),
  update: (purposeKey: string, body: BodyOf<'purposes.update'>, options?: RequestOptions) =>
    result(
      http.PATCH('/v1/purposes/{purposeKey}', { params: { path: { purposeKey } }, body, ...init(options) }),
    ),
  delete: (purposeKey: string, options?: RequestOptions) =>
    result(http.DELETE('/v1/purposes/{purposeKey}', { params: { path: { purposeKey } }, ...init(options) })),
})
