/** An archive as a file: written, and read back. */
import { createHash } from 'node:crypto'
import { Readable, Transform } from 'node:stream'
import type { ReadableStream } from 'node:stream/web'
import { createGunzip, createGzip } from 'node:zlib'
import { Decrypter, Encrypter, identityToRecipient } from 'age-encryption'
import type { Context } from '../context.ts'
import { storeFile } from '../files.ts'

/** Outside the folder of the account, which goes. */
export const archiveFolder = (accountId: string) => `archives/${accountId}`

/** What seals the key of an archive: it opens for no other account. */
export const archiveKeyUse = (accountId: string) => `archive:${accountId}`

export interface WrittenFile {
  bytes: number
  /** In hex. */
  sha256: string
}

/** Measures what passes. */
function meter(): { through: Transform; read(): WrittenFile } {
  const hash = createHash('sha256')
  let bytes = 0
  const through = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      hash.update(chunk)
      bytes += chunk.length
      done(null, chunk)
    },
  })
  return { through, read: () => ({ bytes, sha256: hash.copy().digest('hex') }) }
}

type Bytes = ReadableStream<Uint8Array>

/** Compresses, encrypts and writes; it is on disk when this returns. */
export async function writeArchiveFile(
  context: Context,
  key: string,
  identity: string,
  content: AsyncIterable<Uint8Array>,
): Promise<WrittenFile> {
  const encrypter = new Encrypter()
  encrypter.addRecipient(await identityToRecipient(identity))
  const compressed = follow(Readable.from(content, { objectMode: false }), createGzip())
  const encrypted = await encrypter.encrypt(Readable.toWeb(compressed) as never)
  const { through, read } = meter()
  const measured = follow(Readable.fromWeb(encrypted as unknown as Bytes), through)
  await storeFile(context, key, measured)
  return read()
}

/** The tar in the file. `read` says, once it is at its end, what was read from the disk. */
export async function openArchiveFile(
  context: Pick<Context, 'files'>,
  key: string,
  identity: string,
): Promise<{ tar: Readable; read(): WrittenFile }> {
  const { through, read } = meter()
  const source = follow(await context.files.getStream(key), through)
  const decrypter = new Decrypter()
  decrypter.addIdentity(identity)
  const decrypted = await decrypter.decrypt(Readable.toWeb(source) as never)
  const tar = follow(Readable.fromWeb(decrypted as unknown as Bytes), createGunzip())
  return { tar, read }
}

/** `from` into `to`; a failure of the one is a failure of the other, in both directions. */
function follow<T extends Transform>(from: Readable, to: T): T {
  from.on('error', (error) => to.destroy(error))
  to.on('close', () => from.destroy())
  return from.pipe(to)
}
