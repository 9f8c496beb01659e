import { type Api, type BodyOf, init, type QueryOf, type RequestOptions } from '../api.ts'

export const consents = ({ http, result, list }: Api) => ({
  /** The current state per purpose and channel. */
  list: (contactId: string, query: QueryOf<'consents.list'> = {}, options?: RequestOptions) =>
    list('/v1/contacts/{contactId}/consents', { path: { contactId }, query }, options),
  record: (contactId: string, body: BodyOf<'consents.record'>, options?: RequestOptions) =>
    result(
      http.POST('/v1/contacts/{contactId}/consents', {
        params: { path: { contactId } },
        body,
        ...init(options),
      }),
    ),
  /** A page of the ledger, with `integrity`: whether the whole chain verifies. */
  history: (contactId: string, query: QueryOf<'consents.history'> = {}, options?: RequestOptions) =>
    result(
      http.GET('/v1/contacts/{contactId}/consents/history', {
        params: { path: { contactId }, query },
        ...init(options),
      }),
    ),
  /** Verifies the ledger of the whole account. */
  integrity: (options?: RequestOptions) => result(http.GET('/v1/consents/integrity', init(options))),
})
