import { type Api, type BodyOf, init, type QueryOf, type RequestOptions } from '../api.ts'

export const fields = ({ http, result, list }: Api) => ({
  create: (body: BodyOf<'fields.create'>, options?: RequestOptions) =>
    result(http.POST('/v1/fields', { body, ...init(options) })),
  list: (query: QueryOf<'fields.list'> = {}, options?: RequestOptions) =>
    list('/v1/fields', { query }, options),
  get: (fieldId: string, options?: RequestOptions) =>
    result(http.GET('/v1/fields/{fieldId}', { params: { path: { fieldId } }, ...init(options) })),
  update: (fieldId: string, body: BodyOf<'fields.update'>, options?: RequestOptions) =>
    result(http.PATCH('/v1/fields/{fieldId}', { params: { path: { fieldId } }, body, ...init(options) })),
  delete: (fieldId: string, options?: RequestOptions) =>
    result(http.DELETE('/v1/fields/{fieldId}', { params: { path: { fieldId } }, ...init(options) })),
})
