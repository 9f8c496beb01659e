import { type Api, type BodyOf, init, type QueryOf, type RequestOptions } from '../api.ts'

const path = '/v1/contacts/{contactId}/restriction'

export const restriction = ({ http, result }: Api) => ({
  get: (contactId: string, options?: RequestOptions) =>
    result(http.GET(path, { params: { path: { contactId } }, ...init(options) })),
  create: (contactId: string, body: BodyOf<'restriction.create'>, options?: RequestOptions) =>
    result(http.POST(path, { params: { path: { contactId } }, body, ...init(options) })),
  /** `informedAt`: when the person was told that it ends. */
  delete: (contactId: string, query: QueryOf<'restriction.delete'> = {}, options?: RequestOptions) =>
    result(http.DELETE(path, { params: { path: { contactId }, query }, ...init(options) })),
})
