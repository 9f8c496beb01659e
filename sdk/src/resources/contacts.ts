import { type Api, type BodyOf, init, type QueryOf, type RequestOptions } from '../api.ts'

export const contacts = ({ http, result, list }: Api) => ({
  create: (body: BodyOf<'contacts.create'>, options?: RequestOptions) =>
    result(http.POST('/v1/contacts', { body, ...init(options) })),
  list: (query: QueryOf<'contacts.list'> = {}, options?: RequestOptions) =>
    list('/v1/contacts', { query }, options),
  get: (contactId: string, options?: RequestOptions) =>
    result(http.GET('/v1/contacts/{contactId}', { params: { path: { contactId } }, ...init(options) })),
  /** A merge patch: fields left out stay as they are, null clears. */
  update: (contactId: string, body: BodyOf<'contacts.update'>, options?: RequestOptions) =>
    result(
      http.PATCH('/v1/contacts/{contactId}', { params: { path: { contactId } }, body, ...init(options) }),
    ),
  /** Erases it: gone at once; `erasures.wait` waits until nothing of the person is left. */
  delete: (contactId: string, query: QueryOf<'contacts.delete'> = {}, options?: RequestOptions) =>
    result(
      http.DELETE('/v1/contacts/{contactId}', { params: { path: { contactId }, query }, ...init(options) }),
    ),
  /** Everything held about the person, as text: JSON unless `format` says CSV. */
  export: (contactId: string, query: QueryOf<'contacts.export'> = {}, options?: RequestOptions) =>
    result(
      http.GET('/v1/contacts/{contactId}/export', {
        params: { path: { contactId }, query },
        parseAs: 'text',
        ...init(options),
      }),
    ),
  upsertByExternalId: (
    externalId: string,
    body: BodyOf<'contacts.upsertByExternalId'>,
    options?: RequestOptions,
  ) =>
    result(
      http.PUT('/v1/contacts/by-external-id/{externalId}', {
        params: { path: { externalId } },
        body,
        ...init(options),
      }),
    ),
  upsertByEmail: (email: string, body: BodyOf<'contacts.upsertByEmail'>, options?: RequestOptions) =>
    result(
      http.PUT('/v1/contacts/by-email/{email}', { params: { path: { email } }, body, ...init(options) }),
    ),
  /** Up to 5,000 at once; one result per item, in order. */
  batch: (body: BodyOf<'contacts.batch'>, options?: RequestOptions) =>
    result(http.POST('/v1/contacts/batch', { body, ...init(options) })),
})
