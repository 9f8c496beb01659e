import type { FastifyInstance } from 'fastify'

declare module 'fastify' {
  interface FastifyRequest {
    /** Aborted when nobody waits for the answer any more: the client has gone, or was told that it takes too long. */
    abandonment: AbortController
  }
}

/** Lets the work on a request know that it may stop. */
export function registerAbandonment(app: FastifyInstance): void {
  app.decorateRequest('abandonment', null as unknown as AbortController)
  app.addHook('onRequest', async (request, reply) => {
    // by the thousand, and done at once
    if (request.routeOptions.config.quiet === true) return
    const controller = new AbortController()
    request.abandonment = controller
    reply.raw.once('close', () => {
      if (!reply.raw.writableFinished) controller.abort()
    })
  })
}
