import { describe, expect, test } from 'vitest'
import { classify, hintsOf } from './classify.ts'

const browser =
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36'
const get = (headers: Record<string, string> = {}) => ({
  method: 'GET',
  headers: { 'user-agent': browser, 'accept-language': 'fr-FR,fr;q=0.9', ...headers },
})
const minutes = 60_000
const click = (hints: string[], sinceSent: number | null = 5 * minutes, clicksInBurst = 1) =>
  classify({ type: 'click', hints, sinceSent, clicksInBurst })
const open = (hints: string[], sinceSent: number | null = 5 * minutes) =>
  classify({ type: 'open', hints, sinceSent, clicksInBurst: 0 })

describe('at the edge', () => {
  test('a browser leaves no hint', () => {
    expect(hintsOf(get())).toEqual([])
  })

  test.each([
    ['security_scanner', 'Mozilla/4.0 (compatible; Proofpoint)'],
    ['security_scanner', 'Barracuda Sentinel (EE)'],
    ['security_scanner', `${browser} SafeLinks`],
    ['security_scanner', 'Mimecast-URL-Protect/1.0'],
    ['bot', 'python-requests/2.32.3'],
    ['bot', 'Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)'],
    [
      'bot',
      'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) HeadlessChrome/131 Safari/537.36',
    ],
    ['apple_privacy_proxy', 'Mozilla/5.0'],
    [
      'image_proxy',
      'Mozilla/5.0 (Windows NT 5.1; rv:11.0) Gecko Firefox/11.0 (via ggpht.com GoogleImageProxy)',
    ],
    ['image_proxy', 'YahooMailProxy; https://help.yahoo.com/kb/yahoo-mail-proxy-SLN28749.html'],
    ['user_agent_missing', ''],
  ])('%s is seen in the user agent %j', (hint, agent) => {
    expect(hintsOf(get({ 'user-agent': agent }))).toEqual([hint])
  })

  test.each([
    'Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 Mobile/15E148 Safari/604.1',
    'Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Thunderbird/128.3.0',
    'Microsoft Office/16.0 (Windows NT 10.0; Microsoft Outlook 16.0.17928; Pro)',
    'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko)',
  ])('a mail client used by people is not taken for a machine: %s', (agent) => {
    expect(hintsOf(get({ 'user-agent': agent }))).toEqual([])
  })

  test.each([
    ['sec-purpose', 'prefetch;prerender'],
    ['purpose', 'prefetch'],
    ['x-moz', 'prefetch'],
  ])('a prefetch is recognised by %s: %s', (name, value) => {
    expect(hintsOf(get({ [name]: value }))).toEqual(['prefetch'])
  })

  test('HEAD and a missing Accept-Language are noted', () => {
    const request = { method: 'HEAD', headers: { 'user-agent': browser } }
    expect(hintsOf(request)).toEqual(['head_request', 'accept_language_missing'])
  })

  test('no user agent, language or address survives in the hints', () => {
    const hints = hintsOf(
      get({ 'user-agent': `${browser} Proofpoint secret-device`, 'x-forwarded-for': '192.0.2.7' }),
    )
    expect(JSON.stringify(hints)).not.toMatch(/secret-device|fr-FR|192\.0\.2\.7|Mozilla/)
  })
})

describe('in the worker', () => {
  test('a plain click or open, minutes after the hand-off, is human and needs no reason', () => {
    expect(click([])).toEqual({ source: 'human', reasons: [] })
    expect(open([])).toEqual({ source: 'human', reasons: [] })
  })

  test.each(['head_request', 'prefetch', 'security_scanner', 'bot', 'apple_privacy_proxy'])(
    '%s alone makes it a machine',
    (hint) => {
      expect(click([hint])).toEqual({ source: 'machine', reasons: [hint] })
      expect(open([hint])).toEqual({ source: 'machine', reasons: [hint] })
    },
  )

  test('an open through the image proxy of Gmail tells nothing', () => {
    expect(open(['image_proxy', 'accept_language_missing'])).toEqual({
      source: 'unknown',
      reasons: ['image_proxy'],
    })
  })

  test('a missing Accept-Language casts doubt on a click, not on an open', () => {
    expect(click(['accept_language_missing'])).toEqual({
      source: 'unknown',
      reasons: ['accept_language_missing'],
    })
    expect(open(['accept_language_missing']).source).toBe('human')
  })

  test('what comes within two seconds of the hand-off comes from a machine', () => {
    expect(click([], 1_999)).toEqual({ source: 'machine', reasons: ['too_soon'] })
    expect(click([], -50)).toEqual({ source: 'machine', reasons: ['too_soon'] })
    expect(click([], 2_000).source).toBe('human')
    expect(click([], null).source).toBe('human')
  })

  test('many links of one message at once are followed by a machine; two cast doubt', () => {
    expect(click([], 5 * minutes, 3)).toEqual({ source: 'machine', reasons: ['burst'] })
    expect(click([], 5 * minutes, 2)).toEqual({ source: 'unknown', reasons: ['burst'] })
  })

  test('all reasons are given, the decisive ones first', () => {
    expect(click(['accept_language_missing', 'head_request'], 100, 12)).toEqual({
      source: 'machine',
      reasons: ['head_request', 'too_soon', 'burst', 'accept_language_missing'],
    })
  })

  test('a hint nobody knows is ignored', () => {
    expect(click(['from_a_later_version']).source).toBe('human')
  })
})
