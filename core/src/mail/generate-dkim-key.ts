import { generateKeyPair } from 'node:crypto'
import { promisify } from 'node:util'

const generate = promisify(generateKeyPair)

/** A new key pair: the private half to be sealed at rest, the public half for the DNS. */
export interface GeneratedDkimKey {
  /** PKCS#8, PEM; what `loadDkimKey` takes. */
  privateKey: string
  /** The `p=` of the DNS record, in base64. */
  publicKey: string
  /** The whole TXT record for `<selector>._domainkey.<domain>`. */
  dnsRecord: string
}

/**
 * Makes a DKIM key. RSA-2048 by default, which every verifier supports; Ed25519 (RFC 8463) signs ten times as fast, but
 * several large mailbox providers still ignore it, so it can only come as a second signature.
 */
export async function generateDkimKey(type: 'rsa' | 'ed25519' = 'rsa'): Promise<GeneratedDkimKey> {
  const pair = type === 'rsa' ? await generate('rsa', { modulusLength: 2048 }) : await generate('ed25519')
  const spki = pair.publicKey.export({ type: 'spki', format: 'der' })
  // RFC 8463 section 3: the record of an Ed25519 key holds its 32 bytes alone, which end the SPKI structure.
  const publicKey = (type === 'rsa' ? spki : spki.subarray(-32)).toString('base64')
  return {
    privateKey: pair.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    publicKey,
    dnsRecord: `v=DKIM1; k=${type}; p=${publicKey}`,
  }
}
