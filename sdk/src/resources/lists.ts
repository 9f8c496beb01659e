import { type Api, type BodyOf, init, type QueryOf, type RequestOptions } from '../api.ts'

export const lists = ({ http, result, list }: Api) => ({
  create: (body: BodyOf<'lists.create'>, options?: RequestOptions) =>
    result(http.POST('/v1/lists', { body, ...init(options) })),
  list: (query: QueryOf<'lists.list'> = {}, options?: RequestOptions) =>
    list('/v1/lists', { query }, options),
  get: (listId: string, options?: RequestOptions) =>
    result(http.GET('/v1/lists/{listId}', { params: { path: { listId } }, ...init(options) })),
  update: (listId: string, body: BodyOf<'lists.update'>, options?: RequestOptions) =>
    result(http.PATCH('/v1/lists/{listId}', { params: { path: { listId } }, body, ...init(options) })),
  delete: (listId: string, options?: RequestOptions) =>
    result(http.DELETE('/v1/lists/{listId}', { params: { path: { listId } }, ...init(options) })),
  /** Up to 5,000 at once, by id or by address. */
  addMembers: (listId: string, body: BodyOf<'lists.addMembers'>, options?: RequestOptions) =>
    result(http.POST('/v1/lists/{listId}/members', { params: { path: { listId } }, body, ...init(options) })),
  removeMembers: (listId: string, body: BodyOf<'lists.removeMembers'>, options?: RequestOptions) =>
    result(
      http.DELETE('/v1/lists/{listId}/members', { params: { path: { listId } }, body, ...init(options) }),
    ),
})
