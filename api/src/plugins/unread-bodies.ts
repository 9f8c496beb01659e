import type { FastifyInstance } from 'fastify'

/** What a client may still send after its answer. */
const lingerMs = 5_000

/**
 * A file that is refused before its end: the answer goes out at once, but most clients read it only when they have sent all. So
 * what still comes is let go of for some seconds, and then the connection is cut; without that both sides would wait for each
 * other until one gives up.
 */
export function registerUnreadBodies(app: FastifyInstance): void {
  app.addHook('onSend', async (request, _reply, payload) => {
    const { raw, routeOptions } = request
    if (routeOptions.config.streams !== true || raw.complete) return payload
    raw.resume()
    const timer = setTimeout(() => raw.socket.destroy(), lingerMs)
    const stop = () => clearTimeout(timer)
    raw.once('end', stop).once('close', stop)
    return payload
  })
}
