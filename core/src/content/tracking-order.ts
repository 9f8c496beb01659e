import { createClickUrls } from '../tracking/click-urls.ts'
import type { Recipient, TokenKeys } from '../tracking/token.ts'
import type { Tracking } from './tracking-tags.ts'

/** How one message is tracked, as data: the thread that renders it signs its links. */
export type TrackingOrder =
  | { mode: 'off' }
  | {
      mode: 'aggregate' | 'individual'
      accountId: string
      campaignId: string
      publicUrl: string
      clicks: boolean
      openUrl?: string
      /** null unless `individual`. */
      recipient: Recipient | null
    }

/** Turns orders for one content into what rendering needs. Links are signed once for each campaign, see `createClickUrls`. */
export function trackingOf(keys: TokenKeys): (order: TrackingOrder) => Tracking {
  let known: { of: string; urls: ReturnType<typeof createClickUrls> } | undefined
  return (order) => {
    if (order.mode === 'off') return { mode: 'off' }
    const { mode, recipient, clicks, openUrl } = order
    const of = `${order.accountId} ${order.campaignId} ${order.publicUrl}`
    if (known?.of !== of) known = { of, urls: createClickUrls(keys, order) }
    const clickUrl = recipient === null ? known.urls.aggregate : known.urls.individual(recipient)
    return { mode, ...(clicks ? { clickUrl } : {}), ...(openUrl === undefined ? {} : { openUrl }) }
  }
}
