/** People who got the newsletter, and what they do with it. */
import type { CaughtMail } from './inbox.ts'

const browser = {
  'user-agent': 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0',
  'accept-language': 'fr-FR,fr;q=0.9',
}

const linksOf = (mail: CaughtMail) =>
  [...mail.html.matchAll(/href="([^"]+)"/g)].map(([, href = '']) => href.replaceAll('&amp;', '&'))

export const pixelOf = (mail: CaughtMail) =>
  [...mail.html.matchAll(/src="([^"]+)"/g)]
    .map(([, src = '']) => src)
    .find((src) => src.includes('/o/') && src.endsWith('.gif'))
export const trackedLinksOf = (mail: CaughtMail) => linksOf(mail).filter((href) => href.includes('/c/'))

/** Shows the images of a message: true when there was a pixel. */
export async function open(mail: CaughtMail): Promise<boolean> {
  const pixel = pixelOf(mail)
  if (pixel === undefined) return false
  const answer = await fetch(pixel, { headers: browser })
  return answer.ok
}

/** Follows the first tracked link, no further than its redirect: where it leads, if there is one. */
export async function click(mail: CaughtMail): Promise<string | undefined> {
  const [link] = trackedLinksOf(mail)
  if (link === undefined) return undefined
  const answer = await fetch(link, { headers: browser, redirect: 'manual' })
  return answer.headers.get('location') ?? undefined
}

/** What a mailbox provider does at “unsubscribe” (RFC 8058): one POST, nothing else. */
export async function unsubscribe(mail: CaughtMail): Promise<number> {
  const url = mail.unsubscribeUrl
  if (url === undefined) throw new Error('The message has no List-Unsubscribe')
  const body = new URLSearchParams({ 'List-Unsubscribe': 'One-Click' })
  return (await fetch(url, { method: 'POST', body, redirect: 'error' })).status
}
