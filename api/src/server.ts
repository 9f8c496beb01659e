import { parse as parseQuery } from 'node:querystring'
import type { Platform } from '@envoi/core'
import { openTokenKeyRing } from '@envoi/core/access/token-key-ring'
import fastifyFormbody from '@fastify/formbody'
import fastifyHelmet from '@fastify/helmet'
import { type FastifyBaseLogger, type FastifyInstance, fastify, LogController } from 'fastify'
import { registerPages } from './pages/page-routes.ts'
import { registerTracking } from './pages/tracking.ts'
import { registerAbandonment } from './plugins/abandonment.ts'
import { registerAuthentication } from './plugins/authentication.ts'
import { trustOf } from './plugins/client-address.ts'
import { answerBrokenRequest, letConnectionsGo } from './plugins/connections.ts'
import { registerCors } from './plugins/cors.ts'
import { registerDocumentation } from './plugins/documentation.ts'
import { registerHeaderBounds } from './plugins/header-bounds.ts'
import { registerHealth } from './plugins/health.ts'
import { registerIdempotency } from './plugins/idempotency.ts'
import { registerJsonBodies } from './plugins/json-bodies.ts'
import { registerJwks } from './plugins/jwks.ts'
import { defaultLimits, type Limits, registerLimits } from './plugins/limits.ts'
import { registerOAuthMetadata } from './plugins/oauth-metadata.ts'
import { defaultPressure, type Pressure, registerPressure } from './plugins/pressure.ts'
import { registerProblemPages } from './plugins/problem-pages.ts'
import { answerFrameworkError, registerProblems } from './plugins/problems.ts'
import { registerReadLog } from './plugins/read-log.ts'
import { registerSecurityTxt } from './plugins/security-txt.ts'
import { registerShares } from './plugins/shares.ts'
import { defaultTimeouts, registerBodyTimeout, serverTimeouts, type Timeouts } from './plugins/timeouts.ts'
import { registerUnreadBodies } from './plugins/unread-bodies.ts'
import { registerUnstorableText } from './plugins/unstorable-text.ts'
import { registerUtf8Urls } from './plugins/utf8.ts'
import { contractDocument } from './routes/document.ts'
import { registerRoutes } from './routes/register-routes.ts'

/** Media types whose body a handler takes as a stream. */
const streams = ['text/csv', 'application/x-ndjson', 'application/octet-stream', 'application/gzip']

/** Answers of the API are no pages: should one be shown as one, it loads, runs and frames nothing. Pages have policies of their own. */
const apiPolicy = {
  useDefaults: false,
  directives: {
    defaultSrc: ["'none'"],
    frameAncestors: ["'none'"],
    baseUri: ["'none'"],
    formAction: ["'none'"],
  },
}

/** The API, made from the contract; listens on nothing yet. */
export async function buildServer(
  platform: Platform,
  options: { limits?: Partial<Limits>; pressure?: Pressure; timeouts?: Timeouts } = {},
): Promise<FastifyInstance> {
  const { settings } = platform
  const limits = { ...defaultLimits, ...options.limits }
  const timeouts = options.timeouts ?? defaultTimeouts
  const log: FastifyBaseLogger = platform.log.child({ process: 'api' })
  const app: FastifyInstance = fastify({
    loggerInstance: log,
    logController: new LogController({ disableRequestLogging: true }),
    genReqId: () => platform.newId(),
    requestIdHeader: false,
    trustProxy: trustOf(settings),
    bodyLimit: 1024 * 1024,
    ...serverTimeouts(timeouts),
    routerOptions: { maxParamLength: 4_096 },
    // they are answered: see letConnectionsGo
    return503OnClosing: false,
    clientErrorHandler: answerBrokenRequest(platform),
    frameworkErrors: answerFrameworkError(settings.apiUrl),
  })
  const document = contractDocument()
  registerJsonBodies(app)
  for (const type of streams) app.addContentTypeParser(type, (_request, payload, done) => done(null, payload))
  app.addHook('onRequest', async (request, reply) => {
    reply.header('x-request-id', request.id)
    // personal data and tokens: neither a browser nor a proxy keeps them (RFC 9111, section 5.2.2.5)
    if (request.routeOptions.config.operation !== undefined) reply.header('cache-control', 'no-store')
  })
  registerHeaderBounds(app)
  registerUtf8Urls(app)
  registerAbandonment(app)
  letConnectionsGo(app)
  await registerPressure(app, options.pressure ?? defaultPressure())
  registerBodyTimeout(app, platform, timeouts)
  app.addHook('onResponse', async (request, reply) => {
    if (request.routeOptions.config.quiet === true) return
    // the route's pattern, not the URL: a URL may hold an address
    request.log.info(
      {
        method: request.method,
        route: request.routeOptions.url,
        status: reply.statusCode,
        ms: Math.round(reply.elapsedTime),
      },
      'answered',
    )
  })
  registerProblems(app, settings.apiUrl)
  await app.register(fastifyHelmet, {
    contentSecurityPolicy: apiPolicy,
    referrerPolicy: { policy: 'no-referrer' },
    // on plain HTTP a browser ignores it (RFC 6797, section 8.1), and a proxy may pass it on for others
    hsts: settings.apiUrl.startsWith('https:'),
  })
  // what is percent-encoded and no UTF-8 becomes U+FFFD, which is refused where it is read
  await app.register(fastifyFormbody, { parser: parseQuery })
  const counter = await registerLimits(app, platform, limits)
  const ring = await openTokenKeyRing(platform)
  registerAuthentication(app, platform, ring, registerReadLog(app, platform))
  registerUnstorableText(app)
  registerUnreadBodies(app)
  registerShares(app, platform)
  registerIdempotency(app)
  // after what ends a transaction that is held: asking about the origin takes a connection too
  registerCors(app, platform)
  await registerDocumentation(app, document)
  registerHealth(app, platform, counter)
  registerJwks(app, ring)
  registerOAuthMetadata(app, settings)
  registerProblemPages(app)
  registerSecurityTxt(app, platform)
  registerTracking(app, platform)
  await registerPages(app, platform, limits)
  registerRoutes(app, platform, document, timeouts)
  return app
}
