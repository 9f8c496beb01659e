/**
 * A browser and its authenticator in a few lines (WebAuthn, sections 6.1 and 7): an ES256 key, attestation `none`. Unlike a real one it
 * does what it is told, so that each thing a server must check can be made wrong by itself.
 */
import { createHash, generateKeyPairSync, randomBytes, sign } from 'node:crypto'
import type { TestAccount, TestServer } from './fixture.ts'

export interface Lie {
  challenge?: string
  origin?: string
  rpId?: string
  type?: string
  flags?: number
  counter?: number
  /** Signs with another key. */
  forge?: true
}

interface Options {
  challenge?: unknown
}

const sha256 = (data: string | Buffer) => createHash('sha256').update(data).digest()
const text = (value: string) => Buffer.concat([Buffer.from([0x60 + value.length]), Buffer.from(value)])
const bytes = (value: Buffer) => {
  const { length } = value
  return Buffer.concat([
    Buffer.from(length < 256 ? [0x58, length] : [0x59, length >> 8, length & 255]),
    value,
  ])
}
const userPresent = 1
const attested = 64

export function softwarePasskey({ url, rpId = new URL(url).hostname }: { url: string; rpId?: string }) {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const stranger = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey
  const credentialId = randomBytes(32)
  const id = credentialId.toString('base64url')
  let counter = 0

  const clientDataOf = (type: string, { challenge }: Options, lie: Lie) =>
    Buffer.from(
      JSON.stringify({
        type: lie.type ?? type,
        challenge: lie.challenge ?? challenge,
        origin: lie.origin ?? new URL(url).origin,
        crossOrigin: false,
      }),
    )
  const authDataOf = (flags: number, lie: Lie, rest = Buffer.alloc(0)) => {
    const count = Buffer.alloc(4)
    count.writeUInt32BE(lie.counter ?? counter)
    return Buffer.concat([sha256(lie.rpId ?? rpId), Buffer.from([lie.flags ?? flags]), count, rest])
  }
  const credential = <T>(response: T) => ({
    id,
    rawId: id,
    type: 'public-key' as const,
    response,
    clientExtensionResults: {},
  })

  return {
    create(options: Options, lie: Lie = {}) {
      const { x = '', y = '' } = publicKey.export({ format: 'jwk' })
      const cose = Buffer.concat([
        Buffer.from('a501020326200121', 'hex'),
        bytes(Buffer.from(x, 'base64url')),
        Buffer.from('22', 'hex'),
        bytes(Buffer.from(y, 'base64url')),
      ])
      const length = Buffer.from([0, credentialId.length])
      const rest = Buffer.concat([Buffer.alloc(16), length, credentialId, cose])
      const attestation = Buffer.concat([
        Buffer.from([0xa3]),
        Buffer.concat([text('fmt'), text('none'), text('attStmt'), Buffer.from([0xa0]), text('authData')]),
        bytes(authDataOf(userPresent | attested, lie, rest)),
      ])
      return credential({
        clientDataJSON: clientDataOf('webauthn.create', options, lie).toString('base64url'),
        attestationObject: attestation.toString('base64url'),
      })
    },
    get(options: Options, lie: Lie = {}) {
      counter++
      const clientData = clientDataOf('webauthn.get', options, lie)
      const authData = authDataOf(userPresent, lie)
      const signed = Buffer.concat([authData, sha256(clientData)])
      return credential({
        clientDataJSON: clientData.toString('base64url'),
        authenticatorData: authData.toString('base64url'),
        signature: sign('sha256', signed, lie.forge ? stranger : privateKey).toString('base64url'),
      })
    },
  }
}

/** The owner registers one. */
export async function registerPasskey(
  { url }: TestServer,
  { api, ownerPassword: password }: TestAccount,
  name = 'Laptop',
) {
  const passkey = softwarePasskey({ url })
  const made = await api.passkeys.create({
    name,
    credential: passkey.create(await api.passkeys.begin({ password })),
  })
  return { ...passkey, id: made.passkey.id, recoveryCodes: made.recoveryCodes ?? [] }
}
