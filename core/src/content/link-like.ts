/** What mail programs make a link of by themselves, in running text. */

/** With a scheme or without, or a host's name before a path. */
export const linkLike = /(?:https?:)?\/\/|www\.|\.[a-z]{2,24}[/?#]/i
const fullStops = /[\u3002\uFF0E\uFF61]/g

export const isLinkLike = (text: string) => linkLike.test(text)

/** Whether a name of a host stands in a text, and not after an `@`: `shop.example`. */
export function hasHost(text: string): boolean {
  return text
    .replace(fullStops, '.')
    .split(/[^\p{L}\p{N}.@_-]+/u)
    .some((name) => {
      const labels = name.split('.')
      while (labels.at(-1) === '') labels.pop()
      const isTop = /^\p{L}{2,24}$/u.test(labels.at(-1) ?? '')
      return labels.length > 1 && isTop && labels.at(-2) !== '' && !name.includes('@')
    })
}
