/** The first rows of a file of contacts, read to guess what its columns are. */
import { open } from 'node:fs/promises'
import { constants, gunzipSync } from 'node:zlib'

const sampleBytes = 64 * 1024

export interface Sample {
  text: string
  gzip: boolean
  /** Bytes of the whole file. */
  size: number
}

export async function readSample(path: string, encoding?: string): Promise<Sample> {
  const file = await open(path)
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(sampleBytes), 0, sampleBytes, 0)
    const bytes = buffer.subarray(0, bytesRead)
    // RFC 1952, section 2.3.1
    const gzip = bytes[0] === 0x1f && bytes[1] === 0x8b
    // what has been cut off is not missed
    const plain = gzip ? gunzipSync(bytes, { finishFlush: constants.Z_SYNC_FLUSH }) : bytes
    return { text: decode(plain, encoding), gzip, size: (await file.stat()).size }
  } finally {
    await file.close()
  }
}

function decode(bytes: Buffer, encoding: string | undefined): string {
  const [first, second] = bytes
  const byMark =
    first === 0xff && second === 0xfe
      ? 'utf-16le'
      : first === 0xfe && second === 0xff
        ? 'utf-16be'
        : undefined
  for (const candidate of [byMark ?? encoding ?? 'utf-8', 'windows-1252']) {
    try {
      // as a stream: the last character may be cut
      return new TextDecoder(candidate, { fatal: true }).decode(bytes, { stream: true })
    } catch {
      // not in this one
    }
  }
  return bytes.toString('latin1')
}
