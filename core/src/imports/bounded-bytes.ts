import { pipeline, Readable } from 'node:stream'
import { createGunzip } from 'node:zlib'
import { ImportFileError } from './import-file-error.ts'

export interface ByteLimits {
  /** Of the file, once decompressed. */
  maxBytes: number
  /** Decompressed to compressed. Exports of contacts compress 3 to 20 times; gzip can reach 1,032. */
  maxRatio: number
}

export interface ByteMeter {
  /** Bytes taken from the source so far, compressed or not: the numerator of the progress. */
  read: number
}

/** A small file of repeated lines is no bomb, whatever its ratio. */
const ratioGrace = 16 * 1024 * 1024

/** The bytes of the file, decompressed if need be, and never more than the limits allow, so that a zip bomb stops early. */
export async function* boundedBytes(
  source: AsyncIterable<Uint8Array>,
  gzip: boolean,
  limits: ByteLimits,
  meter: ByteMeter,
): AsyncGenerator<Buffer> {
  let written = 0
  for await (const chunk of gzip ? gunzip(metered(source, meter)) : metered(source, meter)) {
    written += chunk.length
    if (written > limits.maxBytes)
      throw new ImportFileError('file_too_large', `the file holds more than ${limits.maxBytes} bytes`)
    if (gzip && written > ratioGrace && written > meter.read * limits.maxRatio)
      throw new ImportFileError(
        'gzip_ratio_exceeded',
        `the file decompresses to more than ${limits.maxRatio} times its size`,
      )
    yield chunk
  }
}

async function* metered(source: AsyncIterable<Uint8Array>, meter: ByteMeter): AsyncGenerator<Buffer> {
  for await (const chunk of source) {
    meter.read += chunk.length
    yield Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length)
  }
}

async function* gunzip(source: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  // pipeline, not pipe: an error of the source ends the reading, a reader that stops closes the source.
  const stream = createGunzip()
  pipeline(Readable.from(source), stream, () => {})
  try {
    for await (const chunk of stream) yield chunk
  } catch (error) {
    if (error instanceof Error && 'code' in error && String(error.code).startsWith('Z_'))
      throw new ImportFileError('gzip_invalid', 'the file is not valid gzip, or it is cut short')
    throw error
  }
}
