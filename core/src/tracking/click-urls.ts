import { type Recipient, signLink, signRecipient, type TokenKeys } from './token.ts'

type ClickUrl = (link: number, target: string) => string

/** Makes the click URLs of one campaign. */
export interface ClickUrls {
  /** The same URL for everybody. */
  aggregate: ClickUrl
  /** The aggregate URL, and who: one signature for all the links of a message. */
  individual(recipient: Recipient): ClickUrl
}

/**
 * Keep it for the time of a campaign: each link is signed once and its token remembered. One token is kept per link index, so
 * a target written per recipient replaces the one before it and memory stays bounded by the number of links.
 */
export function createClickUrls(
  keys: TokenKeys,
  { publicUrl, accountId, campaignId }: { publicUrl: string; accountId: string; campaignId: string | null },
): ClickUrls {
  const base = `${publicUrl.replace(/\/$/, '')}/c/`
  const signed: { target: string; url: string }[] = []

  const aggregate: ClickUrl = (link, target) => {
    const known = signed[link]
    if (known?.target === target) return known.url
    const url = base + signLink(keys, { accountId, campaignId, link, target })
    signed[link] = { target, url }
    return url
  }

  return {
    aggregate,
    individual(recipient) {
      const who = `.${signRecipient(keys, { accountId, campaignId, recipient })}`
      return (link, target) => aggregate(link, target) + who
    },
  }
}
