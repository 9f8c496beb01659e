import { type Api, init, type QueryOf, type RequestOptions } from '../api.ts'
import type { WaitOptions } from '../wait-for.ts'

export const erasures = ({ http, result, list, waitFor }: Api) => {
  const get = (erasureId: string, options?: RequestOptions) =>
    result(http.GET('/v1/erasures/{erasureId}', { params: { path: { erasureId } }, ...init(options) }))
  return {
    list: (query: QueryOf<'erasures.list'> = {}, options?: RequestOptions) =>
      list('/v1/erasures', { query }, options),
    get,
    /** Waits for the receipt. */
    waitFor: (erasureId: string, options?: WaitOptions) =>
      waitFor(
        (request) => get(erasureId, request),
        ({ status }) => status === 'completed',
        options,
      ),
  }
}
