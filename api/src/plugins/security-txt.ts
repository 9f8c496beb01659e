import type { Platform, Settings } from '@envoi/core'
import type { FastifyInstance } from 'fastify'

/** "Recommended to be less than a year into the future" (RFC 9116, section 2.5.5). */
const validMs = 180 * 24 * 3_600_000

/** `/.well-known/security.txt` (RFC 9116): whom to tell of a weakness. Nothing when the operator names nobody. */
export function registerSecurityTxt(app: FastifyInstance, { settings, clock }: Platform): void {
  const { securityContact } = settings
  if (securityContact === undefined) return
  app.get('/.well-known/security.txt', async (_request, reply) => {
    const expires = new Date(clock.now().getTime() + validMs)
    // to the day: who fetches it twice a day gets the same text
    expires.setUTCHours(0, 0, 0, 0)
    return reply
      .header('cache-control', 'public, max-age=86400')
      .type('text/plain; charset=utf-8')
      .send(textOf(settings, securityContact, expires))
  })
}

const textOf = ({ apiUrl }: Settings, contact: string, expires: Date) =>
  [
    `Contact: ${contact}`,
    `Expires: ${expires.toISOString().replace('.000', '')}`,
    'Preferred-Languages: fr, en',
    `Canonical: ${apiUrl}/.well-known/security.txt`,
    '',
  ].join('\n')
