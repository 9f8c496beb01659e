import { type Api, init, type QueryOf, type RequestOptions } from '../api.ts'

export const auditEvents = ({ http, result, list }: Api) => ({
  /** Who did what, newest first. */
  list: (query: QueryOf<'auditEvents.list'> = {}, options?: RequestOptions) =>
    list('/v1/audit-events', { query }, options),
  /** All that the filters let through, oldest first, as a stream of CSV unless `format` says NDJSON. */
  export: (query: QueryOf<'auditEvents.export'> = {}, options?: RequestOptions) =>
    result(http.GET('/v1/audit-events/export', { params: { query }, parseAs: 'stream', ...init(options) })),
  /** Recomputes the whole log. */
  integrity: (options?: RequestOptions) => result(http.GET('/v1/audit-events/integrity', init(options))),
})
