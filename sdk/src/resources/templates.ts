import { type Api, type BodyOf, init, type QueryOf, type RequestOptions } from '../api.ts'

export const templates = ({ http, result, list }: Api) => ({
  /** Compiled before it is stored: an error points at the part, the line and the column. */
  create: (body: BodyOf<'templates.create'>, options?: RequestOptions) =>
    result(http.POST('/v1/templates', { body, ...init(options) })),
  list: (query: QueryOf<'templates.list'> = {}, options?: RequestOptions) =>
    list('/v1/templates', { query }, options),
  get: (templateId: string, options?: RequestOptions) =>
    result(http.GET('/v1/templates/{templateId}', { params: { path: { templateId } }, ...init(options) })),
  update: (templateId: string, body: BodyOf<'templates.update'>, options?: RequestOptions) =>
    result(
      http.PATCH('/v1/templates/{templateId}', { params: { path: { templateId } }, body, ...init(options) }),
    ),
  delete: (templateId: string, options?: RequestOptions) =>
    result(http.DELETE('/v1/templates/{templateId}', { params: { path: { templateId } }, ...init(options) })),
  /** What a recipient would see. */
  render: (templateId: string, body: BodyOf<'templates.render'> = {}, options?: RequestOptions) =>
    result(
      http.POST('/v1/templates/{templateId}/render', {
        params: { path: { templateId } },
        body,
        ...init(options),
      }),
    ),
  /** The responsive HTML. */
  export: (templateId: string, options?: RequestOptions) =>
    result(
      http.GET('/v1/templates/{templateId}/export', {
        params: { path: { templateId } },
        parseAs: 'text',
        ...init(options),
      }),
    ),
})
