import { createHmac, createSecretKey, type KeyObject, timingSafeEqual } from 'node:crypto'

/**
 * The keys tokens are signed with. A token names its key by one byte, so that a new key can be introduced while tokens in
 * mail already sent go on working: keep the old key in `keys` and move `current` to the new one.
 */
export interface TokenKeys {
  /** The id (0–255) of the key that signs new tokens. */
  current: number
  /** Every key that is still accepted, by id. */
  keys: ReadonlyMap<number, KeyObject>
}

/** Checks and wraps raw keys: at least 32 bytes each, ids from 0 to 255, the current one present. */
export function createTokenKeys(current: number, keys: Iterable<[number, Buffer | KeyObject]>): TokenKeys {
  const wrapped = new Map<number, KeyObject>()
  for (const [id, key] of keys) {
    if (!Number.isInteger(id) || id < 0 || id > 255) throw new RangeError('a token key id is one byte')
    const object = Buffer.isBuffer(key) ? createSecretKey(key) : key
    if ((object.symmetricKeySize ?? 0) < 32) throw new RangeError('a token key has at least 32 bytes')
    wrapped.set(id, object)
  }
  if (!wrapped.has(current)) throw new RangeError('the current token key is missing')
  return { current, keys: wrapped }
}

/** 128 bits of HMAC-SHA256: RFC 2104 §5 allows half of the output, and no attacker can try 2^128 URLs. */
const MAC_BYTES = 16
const HEADER_BYTES = 3
const ID_BYTES = 16
/** Bounds the work an unauthenticated request can ask for; the longest link token is under 2,900 characters. */
const MAX_TOKEN_LENGTH = 4096

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i

function writeId(into: Buffer, id: string, offset: number): void {
  if (!UUID.test(id)) throw new TypeError('a token holds UUIDs only')
  into.write(id.replaceAll('-', ''), offset, 'hex')
}

function readId(from: Buffer, offset: number): string {
  const hex = from.toString('hex', offset, offset + ID_BYTES)
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`
}

function sign(key: KeyObject, body: Buffer, bound: Buffer | null): Buffer {
  const hmac = createHmac('sha256', key).update(body)
  if (bound) hmac.update(bound)
  return hmac.digest()
}

/** What a token of one kind holds: up to eight ids (null when absent) and free bytes after them. */
export interface Sealed {
  ids: readonly (string | null)[]
  tail: Buffer | null
  /** Bytes the signature covers although the token does not carry them. */
  bound?: Buffer | null
}

/**
 * Layout: `version << 4 | kind`, key id, a bit for each id present, the ids (16 bytes each), the tail, the truncated HMAC
 * over all of that; then base64url without padding. The kind is signed: no token serves for a kind it was not made for.
 */
export function seal(keys: TokenKeys, kind: number, { ids, tail, bound = null }: Sealed): string {
  const key = keys.keys.get(keys.current)
  if (!key) throw new RangeError('the current token key is missing')
  const present = ids.filter((id) => id !== null).length
  const bodyLength = HEADER_BYTES + present * ID_BYTES + (tail?.length ?? 0)
  const token = Buffer.allocUnsafe(bodyLength + MAC_BYTES)

  let flags = 0
  let offset = HEADER_BYTES
  for (const [position, id] of ids.entries()) {
    if (id === null) continue
    flags |= 1 << position
    writeId(token, id, offset)
    offset += ID_BYTES
  }
  token[0] = kind
  token[1] = keys.current
  token[2] = flags
  tail?.copy(token, offset)
  sign(key, token.subarray(0, bodyLength), bound).copy(token, bodyLength, 0, MAC_BYTES)
  return token.toString('base64url')
}

/**
 * Opens a token of the given kind; null if anything at all is wrong with it. The signature is compared in constant time,
 * and nothing in the token but its length, version, kind and key id is looked at before it holds.
 */
export function unseal(
  keys: TokenKeys,
  kind: number,
  idCount: number,
  token: string,
  bound: Buffer | null = null,
): Sealed | null {
  if (token.length > MAX_TOKEN_LENGTH) return null
  const bytes = Buffer.from(token, 'base64url')
  const bodyLength = bytes.length - MAC_BYTES
  if (bodyLength < HEADER_BYTES || bytes[0] !== kind) return null
  // Node's decoder skips what it does not know and accepts two alphabets: one token must have one spelling.
  if (bytes.toString('base64url') !== token) return null
  const key = keys.keys.get(bytes[1] ?? -1)
  if (!key) return null

  const expected = sign(key, bytes.subarray(0, bodyLength), bound).subarray(0, MAC_BYTES)
  if (!timingSafeEqual(expected, bytes.subarray(bodyLength))) return null

  const flags = bytes[2] ?? 0
  if (flags >> idCount !== 0) return null
  const ids: (string | null)[] = []
  let offset = HEADER_BYTES
  for (let position = 0; position < idCount; position++) {
    const here = (flags & (1 << position)) !== 0
    if (here && offset + ID_BYTES > bodyLength) return null
    ids.push(here ? readId(bytes, offset) : null)
    if (here) offset += ID_BYTES
  }
  return { ids, tail: bytes.subarray(offset, bodyLength) }
}

/** The bytes of ids, for `bound`; an absent id is the nil UUID. */
export function bytesOfIds(...ids: (string | null)[]): Buffer {
  const bytes = Buffer.alloc(ids.length * ID_BYTES)
  for (const [position, id] of ids.entries()) if (id !== null) writeId(bytes, id, position * ID_BYTES)
  return bytes
}
