import { type Api, type BodyOf, init, type QueryOf, type RequestOptions } from '../api.ts'

export const senderDomains = ({ http, result, list }: Api) => ({
  /** Makes a DKIM key, and says which DNS records to publish. */
  create: (body: BodyOf<'senderDomains.create'>, options?: RequestOptions) =>
    result(http.POST('/v1/sender-domains', { body, ...init(options) })),
  list: (query: QueryOf<'senderDomains.list'> = {}, options?: RequestOptions) =>
    list('/v1/sender-domains', { query }, options),
  get: (senderDomainId: string, options?: RequestOptions) =>
    result(
      http.GET('/v1/sender-domains/{senderDomainId}', {
        params: { path: { senderDomainId } },
        ...init(options),
      }),
    ),
  /** Looks the DNS records up now. */
  verify: (senderDomainId: string, options?: RequestOptions) =>
    result(
      http.POST('/v1/sender-domains/{senderDomainId}/verify', {
        params: { path: { senderDomainId } },
        ...init(options),
      }),
    ),
  delete: (senderDomainId: string, options?: RequestOptions) =>
    result(
      http.DELETE('/v1/sender-domains/{senderDomainId}', {
        params: { path: { senderDomainId } },
        ...init(options),
      }),
    ),
})
