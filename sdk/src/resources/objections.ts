import { type Api, type BodyOf, init, type QueryOf, type RequestOptions } from '../api.ts'

const path = '/v1/contacts/{contactId}/objections'

export const objections = ({ http, result }: Api) => ({
  list: (contactId: string, options?: RequestOptions) =>
    result(http.GET(path, { params: { path: { contactId } }, ...init(options) })),
  create: (contactId: string, body: BodyOf<'objections.create'>, options?: RequestOptions) =>
    result(http.POST(path, { params: { path: { contactId } }, body, ...init(options) })),
  delete: (contactId: string, query: QueryOf<'objections.delete'>, options?: RequestOptions) =>
    result(http.DELETE(path, { params: { path: { contactId }, query }, ...init(options) })),
})
