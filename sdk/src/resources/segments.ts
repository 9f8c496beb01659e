import { type Api, type BodyOf, init, type QueryOf, type RequestOptions } from '../api.ts'

export const segments = ({ http, result, list }: Api) => ({
  create: (body: BodyOf<'segments.create'>, options?: RequestOptions) =>
    result(http.POST('/v1/segments', { body, ...init(options) })),
  list: (query: QueryOf<'segments.list'> = {}, options?: RequestOptions) =>
    list('/v1/segments', { query }, options),
  /** How many match a rule, and some of them, without saving it. */
  preview: (body: BodyOf<'segments.preview'>, options?: RequestOptions) =>
    result(http.POST('/v1/segments/preview', { body, ...init(options) })),
  get: (segmentId: string, options?: RequestOptions) =>
    result(http.GET('/v1/segments/{segmentId}', { params: { path: { segmentId } }, ...init(options) })),
  update: (segmentId: string, body: BodyOf<'segments.update'>, options?: RequestOptions) =>
    result(
      http.PATCH('/v1/segments/{segmentId}', { params: { path: { segmentId } }, body, ...init(options) }),
    ),
  delete: (segmentId: string, options?: RequestOptions) =>
    result(http.DELETE('/v1/segments/{segmentId}', { params: { path: { segmentId } }, ...init(options) })),
  /** How many match now. */
  count: (segmentId: string, options?: RequestOptions) =>
    result(http.GET('/v1/segments/{segmentId}/count', { params: { path: { segmentId } }, ...init(options) })),
  /** Who matches now. */
  contacts: (segmentId: string, query: QueryOf<'segments.contacts'> = {}, options?: RequestOptions) =>
    list('/v1/segments/{segmentId}/contacts', { path: { segmentId }, query }, options),
})
