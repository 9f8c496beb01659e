import { isUtf8 } from 'node:buffer'
import iconv from 'iconv-lite'
import { detectEncoding, type ImportEncoding, sampleBytes } from './detect-encoding.ts'

/**
 * Stands for bytes that mean nothing in the file's encoding, so that the row they are in can be refused instead of being
 * stored damaged. U+FFFF is a noncharacter, which no text for interchange holds (Unicode 23.7); U+FFFD, the usual
 * replacement, may legitimately be in a file.
 */
export const undecodable = '\uFFFF'

/** Pieces are gathered to this size: a row across several pieces is scanned again for each of them. */
const pieceBytes = 64 * 1024

interface Decoder {
  write(bytes: Buffer): string
  end(): string
}

/** The text of a file in its declared or detected encoding, without its byte order mark. */
export async function* decodeText(
  chunks: AsyncIterable<Buffer>,
  declared: ImportEncoding | undefined,
): AsyncGenerator<string> {
  let decoder: Decoder | undefined
  let gathered: Buffer[] = []
  let size = 0

  function decodeGathered(): string {
    let bytes = gathered.length === 1 && gathered[0] ? gathered[0] : Buffer.concat(gathered)
    gathered = []
    size = 0
    if (!decoder) {
      const { encoding, skip } = detectEncoding(sampleOf(bytes), declared)
      decoder = createDecoder(encoding)
      bytes = bytes.subarray(skip)
    }
    return decoder.write(bytes)
  }

  for await (const chunk of chunks) {
    gathered.push(chunk)
    size += chunk.length
    if (size >= (decoder ? pieceBytes : sampleBytes)) yield decodeGathered()
  }
  const rest = decodeGathered()
  yield decoder ? rest + decoder.end() : rest
}

function createDecoder(encoding: ImportEncoding): Decoder {
  switch (encoding) {
    case 'utf-8':
      return utf8Decoder()
    case 'utf-16le':
    case 'utf-16be': {
      const decoder = iconv.getDecoder(encoding, { stripBOM: false })
      let high = ''
      return {
        write(bytes) {
          const text = high + decoder.write(bytes)
          high = /[\uD800-\uDBFF]$/.test(text) ? text.slice(-1) : ''
          return markLoneSurrogates(high ? text.slice(0, -1) : text)
        },
        end: () => (high || decoder.end() ? undecodable : ''),
      }
    }
    case 'iso-8859-15':
      return singleByteDecoder('iso-8859-15')
    // Files said to be ISO-8859-1 are windows-1252, which has printable characters where the former has controls
    // nobody uses: browsers read them so too (WHATWG Encoding 4.2).
    case 'iso-8859-1':
    case 'windows-1252':
      return singleByteDecoder('windows-1252')
  }
}

function singleByteDecoder(encoding: string): Decoder {
  const decoder = iconv.getDecoder(encoding)
  return {
    write: (bytes) => decoder.write(bytes).replaceAll('\uFFFD', undecodable),
    end: () => '',
  }
}

function utf8Decoder(): Decoder {
  let tail: Buffer = Buffer.alloc(0)
  return {
    write(bytes) {
      const all = tail.length === 0 ? bytes : Buffer.concat([tail, bytes])
      const end = all.length - unfinishedBytes(all)
      tail = all.subarray(end)
      const whole = all.subarray(0, end)
      return isUtf8(whole) ? whole.toString('utf8') : decodeDamaged(whole)
    },
    end: () => (tail.length === 0 ? '' : undecodable),
  }
}

/** What the encoding is told by. A character that the cut goes through is no damage. */
function sampleOf(bytes: Buffer): Buffer {
  const sample = bytes.subarray(0, sampleBytes)
  return sample.length < sampleBytes ? sample : sample.subarray(0, sampleBytes - unfinishedBytes(sample))
}

/** Bytes at the end that begin a character which goes on in the next chunk. */
function unfinishedBytes(bytes: Buffer): number {
  for (let back = 1; back <= Math.min(3, bytes.length); back++) {
    const byte = bytes[bytes.length - back] ?? 0
    if (byte < 0x80) return 0
    if (byte >= 0xc0) return back < (byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2) ? back : 0
  }
  return 0
}

/** Line by line, so that only what is damaged is marked: a line feed is never part of another character in UTF-8. */
function decodeDamaged(bytes: Buffer): string {
  let text = ''
  for (let start = 0; start < bytes.length; ) {
    const feed = bytes.indexOf(0x0a, start)
    const end = feed === -1 ? bytes.length : feed + 1
    const line = bytes.subarray(start, end)
    const decoded = line.toString('utf8')
    text += isUtf8(line) ? decoded : decoded.replaceAll('\uFFFD', undecodable)
    start = end
  }
  return text
}

function markLoneSurrogates(text: string): string {
  return text.replace(/[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/g, undecodable)
}
