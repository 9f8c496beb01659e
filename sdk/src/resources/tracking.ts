import { type Api, type BodyOf, init, type RequestOptions } from '../api.ts'

const path = '/v1/contacts/{contactId}/tracking'

export const tracking = ({ http, result }: Api) => ({
  get: (contactId: string, options?: RequestOptions) =>
    result(http.GET(path, { params: { path: { contactId } }, ...init(options) })),
  record: (contactId: string, body: BodyOf<'tracking.record'>, options?: RequestOptions) =>
    result(http.POST(path, { params: { path: { contactId } }, body, ...init(options) })),
  /** Withdraws it. */
  delete: (contactId: string, options?: RequestOptions) =>
    result(http.DELETE(path, { params: { path: { contactId } }, ...init(options) })),
})
