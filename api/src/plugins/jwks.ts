import type { TokenKeyRing } from '@envoi/core/access/token-key-ring'
import type { FastifyInstance } from 'fastify'

/** `/.well-known/jwks.json`: the public keys of access tokens, present and coming (RFC 7517; RFC 8037 for Ed25519). */
export function registerJwks(app: FastifyInstance, ring: TokenKeyRing): void {
  app.get('/.well-known/jwks.json', async (_request, reply) => {
    await ring.refresh()
    const keys = ring.accepted().map(({ id, publicKey }) => {
      const { kty, crv, x } = publicKey.export({ format: 'jwk' })
      return { kty, crv, x, kid: id, use: 'sig', alg: 'EdDSA' }
    })
    // much shorter than a key is published before it signs
    reply.header('cache-control', 'public, max-age=300').type('application/jwk-set+json')
    return reply.serializer((set: unknown) => JSON.stringify(set)).send({ keys })
  })
}
