/**
 * Passkeys (WebAuthn Level 3) as a second factor: the browser holds a key for us, and signs a challenge with it that we made, for
 * the origin that it is on. What phishing can do with a code it cannot do with that: on another origin there is no key.
 *
 * The relying party is the host of PUBLIC_URL; pages that ask for a passkey are served from there or from API_URL. An IP address
 * is no relying party (section 5.1.2): browsers refuse it.
 */
import type { Settings } from '../settings.ts'

export interface RelyingParty {
  name: string
  id: string
  origins: string[]
}

export function relyingParty({ publicUrl, apiUrl }: Settings): RelyingParty {
  return {
    name: 'Envoi',
    id: new URL(publicUrl).hostname,
    origins: [...new Set([new URL(publicUrl).origin, new URL(apiUrl).origin])],
  }
}
