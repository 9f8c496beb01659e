/**
 * The pages that a link in a message leads to. GET and HEAD read and change nothing: link scanners and previews follow every
 * link. POST acts, for whoever holds the link: the token is the authorisation, so there is no cookie that another site could
 * ride on. A link that is wrong, forged, or about somebody who is gone gets the same page.
 */
import { createHash } from 'node:crypto'
import { type Actor, type Context, DomainError, inAccount, type Platform } from '@envoi/core'
import { networkOf } from '@envoi/core/access/network'
import type { Language } from '@envoi/core/languages'
import { tokenKeysOf } from '@envoi/core/tracking/token-keys'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { clientAddress } from '../plugins/client-address.ts'
import type { Limits } from '../plugins/limits.ts'
import { asUnavailable } from '../plugins/unavailable.ts'
import { confirmPage } from './confirm.ts'
import { languageOf } from './language.ts'
import { type Letter, layout, type Page } from './layout.ts'
import type { PageKind, Reader } from './page-kind.ts'
import { preferencesPage } from './preferences.ts'
import { type Refusal, refusals } from './refusals.ts'
import { contentSecurityPolicy, letterPolicy } from './style.ts'
import { unsubscribePage } from './unsubscribe.ts'
import { confirmEmailPage } from './users/confirm-email.ts'
import { invitationPage } from './users/invitation.ts'
import { passwordPage } from './users/password.ts'
import { viewPage } from './view.ts'
import { words } from './words.ts'

export async function registerPages(app: FastifyInstance, platform: Platform, limits: Limits): Promise<void> {
  await app.register(async (pages) => {
    // an unsubscription counts whatever form it comes in
    pages.removeContentTypeParser(['text/plain', 'application/json'])
    pages.addContentTypeParser('*', { parseAs: 'string', bodyLimit }, (_request, body, done) =>
      done(null, body),
    )
    pages.setErrorHandler(refuse)
    const withinLimits = limiter(pages, limits)
    registerPage(pages, platform, unsubscribePage, withinLimits)
    registerPage(pages, platform, preferencesPage, withinLimits)
    registerPage(pages, platform, confirmPage, withinLimits)
    registerPage(pages, platform, viewPage, withinLimits)
    registerPage(pages, platform, confirmEmailPage, withinLimits)
    registerPage(pages, platform, invitationPage, withinLimits)
    registerPage(pages, platform, passwordPage, withinLimits)
  })
}

const bodyLimit = 64 * 1024

function registerPage<Token extends { accountId: string }>(
  app: FastifyInstance,
  platform: Platform,
  kind: PageKind<Token>,
  withinLimits: PageLimit,
): void {
  const keys = tokenKeysOf(platform.keys)
  const answer =
    (act: NonNullable<PageKind<Token>['show' | 'submit']>) =>
    async (request: PageRequest, reply: FastifyReply) => {
      const token = kind.verify(keys, request.params.token)
      await withinLimits(request, token !== null)
      if (token === null) throw new DomainError('not_found')
      const actor = kind.actor(token)
      const context = inside(platform, request, token.accountId, actor, kind.action)
      const { headers, body } = request
      return send(reply, await act({ context, token, keys, headers, body }, readerOf(request)))
    }
  app.get(kind.path, answer(kind.show))
  if (kind.submit) app.post(kind.path, { bodyLimit }, answer(kind.submit))
}

function inside(
  platform: Platform,
  request: FastifyRequest,
  accountId: string,
  actor: Actor,
  action: string,
): Context {
  const userAgent = request.headers['user-agent'] ?? null
  const { signal } = request.abandonment
  const { db, pool } = platform.reserved.pages
  const address = clientAddress(request)
  const context = { ...platform, db, pool, action, requestId: request.id, address, userAgent, signal }
  return inAccount(context, accountId, actor)
}

type PageRequest = FastifyRequest<{ Params: { token: string } }>

type PageLimit = (request: PageRequest, isLink: boolean) => Promise<void>

/**
 * A minute's quota by page and network; but what is posted to a link that is good is counted by link, because mailbox providers
 * unsubscribe thousands of people from few addresses, and each must be honoured. What else is in the URL makes nothing another
 * page or another link: the route is its pattern, and a token that holds has one spelling (`unseal`).
 */
function limiter(app: FastifyInstance, limits: Limits): PageLimit {
  const timeWindow = 60_000
  const byNetwork = app.createRateLimit({
    timeWindow,
    max: limits.perAddress,
    keyGenerator: (request) => {
      const address = clientAddress(request)
      return `page:${request.routeOptions.url}:${networkOf(address) ?? address}`
    },
  })
  const byLink = app.createRateLimit({
    timeWindow,
    max: Math.ceil(limits.perAddress / 10),
    keyGenerator: (request) => {
      const { token } = (request as PageRequest).params
      return `link:${request.routeOptions.url}:${createHash('sha256').update(token).digest('base64url')}`
    },
  })
  return async (request, isLink) => {
    const result = await (isLink && request.method === 'POST' ? byLink : byNetwork)(request as FastifyRequest)
    if (!result.isAllowed && result.isExceeded)
      throw new DomainError('rate_limited', { retryAfter: result.ttlInSeconds })
  }
}

const chosenLanguage = (request: FastifyRequest) => {
  const { lang } = request.query as { lang?: unknown }
  return typeof lang === 'string' ? lang : undefined
}

const readerOf =
  (request: FastifyRequest): Reader =>
  ({ contact, account }) => {
    const language = languageOf({
      chosen: chosenLanguage(request),
      contact: contact.locale,
      acceptLanguage: request.headers['accept-language'],
      account: account.locale,
    })
    return { language, words: words[language] }
  }

function refuse(error: unknown, request: FastifyRequest, reply: FastifyReply) {
  const language = languageOf({
    chosen: chosenLanguage(request),
    acceptLanguage: request.headers['accept-language'],
  })
  const answer = (status: number, reason: Refusal, retryAfter?: number) => {
    if (retryAfter !== undefined) reply.header('retry-after', String(retryAfter))
    return sendText(reply, { status, language, policy: contentSecurityPolicy }, refusals[language][reason])
  }
  if (error instanceof DomainError) {
    if (error.code === 'not_found') return answer(404, 'notFound')
    if (error.code === 'rate_limited') return answer(429, 'tooMany', error.retryAfter)
    if (error.code === 'unavailable') return answer(503, 'failed', error.retryAfter)
    if (error.code === 'malformed') return answer(400, 'failed')
  }
  const { statusCode } = error as { statusCode?: number }
  if (statusCode !== undefined && statusCode >= 400 && statusCode < 500) return answer(statusCode, 'failed')
  const unavailable = asUnavailable(error, request.log)
  if (unavailable !== undefined) return answer(503, 'failed', unavailable.retryAfter)
  request.log.error({ err: error }, 'a page failed')
  return answer(500, 'failed', 120)
}

function send(reply: FastifyReply, page: Page | Letter) {
  const { status, language } = page
  return 'letter' in page
    ? sendText(reply, { status, language: null, policy: letterPolicy }, page.letter)
    : sendText(reply, { status, language, policy: contentSecurityPolicy }, layout(page))
}

function sendText(
  reply: FastifyReply,
  { status, language, policy }: { status: number; language: Language | null; policy: string },
  text: string,
) {
  return reply
    .code(status)
    .headers({
      'content-security-policy': policy,
      ...(language === null ? {} : { 'content-language': language }),
      'referrer-policy': 'no-referrer',
      'cache-control': 'no-store',
      'x-robots-tag': 'noindex, nofollow',
      vary: 'accept-language',
    })
    .type('text/html; charset=utf-8')
    .send(text)
}
