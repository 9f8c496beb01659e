import { type Api, type BodyOf, init, type QueryOf, type RequestOptions, type Schemas } from '../api.ts'
import type { WaitOptions } from '../wait-for.ts'

export interface CampaignWaitOptions extends WaitOptions {
  /** Called with what each look at it has shown. */
  onProgress?: (now: Schemas['Campaign']) => void
}

export const campaigns = ({ http, result, list, waitFor }: Api) => {
  const get = (campaignId: string, options?: RequestOptions) =>
    result(http.GET('/v1/campaigns/{campaignId}', { params: { path: { campaignId } }, ...init(options) }))
  return {
    create: (body: BodyOf<'campaigns.create'>, options?: RequestOptions) =>
      result(http.POST('/v1/campaigns', { body, ...init(options) })),
    list: (query: QueryOf<'campaigns.list'> = {}, options?: RequestOptions) =>
      list('/v1/campaigns', { query }, options),
    get,
    update: (campaignId: string, body: BodyOf<'campaigns.update'>, options?: RequestOptions) =>
      result(
        http.PATCH('/v1/campaigns/{campaignId}', {
          params: { path: { campaignId } },
          body,
          ...init(options),
        }),
      ),
    delete: (campaignId: string, options?: RequestOptions) =>
      result(
        http.DELETE('/v1/campaigns/{campaignId}', { params: { path: { campaignId } }, ...init(options) }),
      ),
    /** What stands against sending, with the rule and the fix. */
    preflight: (campaignId: string, options?: RequestOptions) =>
      result(
        http.POST('/v1/campaigns/{campaignId}/preflight', {
          params: { path: { campaignId } },
          ...init(options),
        }),
      ),
    test: (campaignId: string, body: BodyOf<'campaigns.test'>, options?: RequestOptions) =>
      result(
        http.POST('/v1/campaigns/{campaignId}/test', {
          params: { path: { campaignId } },
          body,
          ...init(options),
        }),
      ),
    /** To everyone in the audience who may receive it; wait for the end with `waitFor`. */
    send: (campaignId: string, options?: RequestOptions) =>
      result(
        http.POST('/v1/campaigns/{campaignId}/send', { params: { path: { campaignId } }, ...init(options) }),
      ),
    schedule: (campaignId: string, body: BodyOf<'campaigns.schedule'>, options?: RequestOptions) =>
      result(
        http.POST('/v1/campaigns/{campaignId}/schedule', {
          params: { path: { campaignId } },
          body,
          ...init(options),
        }),
      ),
    pause: (campaignId: string, options?: RequestOptions) =>
      result(
        http.POST('/v1/campaigns/{campaignId}/pause', { params: { path: { campaignId } }, ...init(options) }),
      ),
    resume: (campaignId: string, options?: RequestOptions) =>
      result(
        http.POST('/v1/campaigns/{campaignId}/resume', {
          params: { path: { campaignId } },
          ...init(options),
        }),
      ),
    cancel: (campaignId: string, options?: RequestOptions) =>
      result(
        http.POST('/v1/campaigns/{campaignId}/cancel', {
          params: { path: { campaignId } },
          ...init(options),
        }),
      ),
    /** What became of its messages and what recipients did, with and without machines. */
    report: (campaignId: string, options?: RequestOptions) =>
      result(
        http.GET('/v1/campaigns/{campaignId}/report', {
          params: { path: { campaignId } },
          ...init(options),
        }),
      ),
    /** One per contact of the audience, with its state and reason. */
    messages: (campaignId: string, query: QueryOf<'campaigns.messages'> = {}, options?: RequestOptions) =>
      list('/v1/campaigns/{campaignId}/messages', { path: { campaignId }, query }, options),
    /** Reads the campaign until it is sent or cancelled. */
    waitFor: (campaignId: string, { onProgress, ...options }: CampaignWaitOptions = {}) =>
      waitFor(
        async (request) => {
          const now = await get(campaignId, request)
          onProgress?.(now)
          return now
        },
        ({ status }) => status === 'sent' || status === 'cancelled',
        options,
      ),
  }
}
