/**
 * Who opened, who clicked? Not always the person: security gateways follow every link before the message is delivered, Apple
 * Mail loads every image whether the message is read or not, previews prefetch. Reports and retention must not take those for
 * people (the three years of a prospect count from *their* last contact).
 *
 * It takes two steps, so that neither the address nor the user agent is ever stored. The edge, which sees the request, reduces
 * it to hints (`hintsOf`), a short list of codes that says nothing about a person's device. The worker, which knows when the
 * message was handed off and what else was clicked, decides (`classify`). Both steps are rules in a table, not a score: each
 * verdict can be explained by its reason codes.
 */
import { isbot } from 'isbot'
import { headerOf, type RequestHeaders } from './request-headers.ts'

export const HINTS = [
  /** The method was HEAD: it asks whether a link is alive, and shows nothing to anybody. */
  'head_request',
  /** The client says itself that nobody asked for it (W3C Prefetch `Sec-Purpose`, older `Purpose` and `X-Moz`). */
  'prefetch',
  /** The user agent is one of a mail gateway that inspects links or images. */
  'security_scanner',
  /** The user agent is one of another known robot, library or link previewer. */
  'bot',
  'user_agent_missing',
  /** Apple Mail Privacy Protection loads all images at delivery, through Apple's relay, as a bare `Mozilla/5.0`. */
  'apple_privacy_proxy',
  /** Gmail's and Yahoo's image proxies load when the message is displayed, but also refresh their caches. */
  'image_proxy',
  /** Every browser sends Accept-Language when it follows a link; mail clients that load an image often do not. */
  'accept_language_missing',
] as const

export type Hint = (typeof HINTS)[number]

/** The parts of a request the edge looks at. */
export interface TrackedRequest {
  method: string
  headers: RequestHeaders
}

/** Gateways isbot does not know, or knows only under some of their names. */
const SECURITY_SCANNER =
  /barracuda|proofpoint|urldefense|mimecast|safelinks|msoffice-?scan|cisco ?secure|ironport|cloudmark|messagelabs|symantec|fireeye|trellix|trend ?micro|\btmes\b|fortimail|fortiguard|sophos|zscaler|checkpoint|check point|avanan|vade ?secure|hornetsecurity|retarus|spamtitan/i

const IMAGE_PROXY = /GoogleImageProxy|YahooMailProxy/i

/** Reduces a request to what may be kept of it. */
export function hintsOf({ method, headers }: TrackedRequest): Hint[] {
  const hints: Hint[] = []
  if (method.toUpperCase() === 'HEAD') hints.push('head_request')
  if (isPrefetch(headers)) hints.push('prefetch')
  const agent = agentHint(headerOf(headers, 'user-agent').trim())
  if (agent) hints.push(agent)
  if (headerOf(headers, 'accept-language') === '') hints.push('accept_language_missing')
  return hints
}

function isPrefetch(headers: RequestHeaders): boolean {
  const purposes = ['sec-purpose', 'purpose', 'x-purpose', 'x-moz'].map((name) => headerOf(headers, name))
  return purposes.some((value) => /prefetch|prerender|preview/i.test(value))
}

function agentHint(agent: string): Hint | null {
  if (agent === '') return 'user_agent_missing'
  if (agent === 'Mozilla/5.0') return 'apple_privacy_proxy'
  if (IMAGE_PROXY.test(agent)) return 'image_proxy'
  if (SECURITY_SCANNER.test(agent)) return 'security_scanner'
  return isbot(agent) ? 'bot' : null
}

export type Source = 'human' | 'machine' | 'unknown'

/** What the worker knows of an event. */
export interface Evidence {
  type: 'open' | 'click'
  hints: readonly string[]
  /** Milliseconds from hand-off to the mail server to the event; null if not known. */
  sinceSent: number | null
  /** Clicks on different links of the same message within `BURST_MS` of this one, itself included. */
  clicksInBurst: number
}

/** Nobody receives, opens and reads a message in less. */
const TOO_SOON_MS = 2_000
/** Clicks on several links within this time are counted as one burst. */
export const BURST_MS = 2_000

type Verdict = 'machine' | 'doubt' | 'neutral'

const VERDICTS: Record<Hint, Record<Evidence['type'], Verdict>> = {
  head_request: { open: 'machine', click: 'machine' },
  prefetch: { open: 'machine', click: 'machine' },
  security_scanner: { open: 'machine', click: 'machine' },
  bot: { open: 'machine', click: 'machine' },
  // Loaded at delivery, read or not: it says that a machine came by. No person follows a link with it.
  apple_privacy_proxy: { open: 'machine', click: 'machine' },
  // A person displayed the message, or a cache was filled: nobody can tell. An image proxy follows no link for a person.
  image_proxy: { open: 'doubt', click: 'machine' },
  user_agent_missing: { open: 'doubt', click: 'machine' },
  accept_language_missing: { open: 'neutral', click: 'doubt' },
}

/** Says who caused an event and why: one sign of a machine is enough; any doubt keeps it from counting as a person. */
export function classify(evidence: Evidence): { source: Source; reasons: string[] } {
  const machine: string[] = []
  const doubt: string[] = []
  for (const hint of HINTS) {
    if (!evidence.hints.includes(hint)) continue
    const verdict = VERDICTS[hint][evidence.type]
    if (verdict === 'machine') machine.push(hint)
    if (verdict === 'doubt') doubt.push(hint)
  }
  // A clock that runs apart by a moment can put the event before the hand-off: that is too soon as well.
  if (evidence.sinceSent !== null && evidence.sinceSent < TOO_SOON_MS) machine.push('too_soon')
  if (evidence.type === 'click' && evidence.clicksInBurst >= 3) machine.push('burst')
  if (evidence.type === 'click' && evidence.clicksInBurst === 2) doubt.push('burst')

  if (machine.length > 0) return { source: 'machine', reasons: [...machine, ...doubt] }
  if (doubt.length > 0) return { source: 'unknown', reasons: doubt }
  return { source: 'human', reasons: [] }
}
