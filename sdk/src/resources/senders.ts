import { type Api, type BodyOf, init, type QueryOf, type RequestOptions } from '../api.ts'

export const senders = ({ http, result, list }: Api) => ({
  create: (body: BodyOf<'senders.create'>, options?: RequestOptions) =>
    result(http.POST('/v1/senders', { body, ...init(options) })),
  list: (query: QueryOf<'senders.list'> = {}, options?: RequestOptions) =>
    list('/v1/senders', { query }, options),
  get: (senderId: string, options?: RequestOptions) =>
    result(http.GET('/v1/senders/{senderId}', { params: { path: { senderId } }, ...init(options) })),
  update: (senderId: string, body: BodyOf<'senders.update'>, options?: RequestOptions) =>
    result(http.PATCH('/v1/senders/{senderId}', { params: { path: { senderId } }, body, ...init(options) })),
  delete: (senderId: string, options?: RequestOptions) =>
    result(http.DELETE('/v1/senders/{senderId}', { params: { path: { senderId } }, ...init(options) })),
})
