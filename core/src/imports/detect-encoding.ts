import { isUtf8 } from 'node:buffer'
import { ImportFileError } from './import-file-error.ts'

export const importEncodings = [
  'utf-8',
  'utf-16le',
  'utf-16be',
  'windows-1252',
  'iso-8859-1',
  'iso-8859-15',
] as const
export type ImportEncoding = (typeof importEncodings)[number]

/** How much of the start of a file is looked at. */
export const sampleBytes = 256 * 1024

const signatures: [name: string, bytes: number[]][] = [
  ['a zip archive or a spreadsheet', [0x50, 0x4b, 0x03, 0x04]],
  ['compressed by gzip and was not sent as such', [0x1f, 0x8b]],
  ['an old spreadsheet', [0xd0, 0xcf, 0x11, 0xe0]],
  ['a PDF', [0x25, 0x50, 0x44, 0x46]],
]

/**
 * The encoding of a file by its first bytes, and the length of its byte order mark. The mark wins over the declaration:
 * whoever declares is a person, whoever writes a mark is the program that wrote the rest.
 */
export function detectEncoding(
  sample: Buffer,
  declared: ImportEncoding | undefined,
): { encoding: ImportEncoding; skip: number } {
  for (const [name, bytes] of signatures)
    if (startsWith(sample, bytes)) throw new ImportFileError('file_not_text', `the file is ${name}`)

  if (startsWith(sample, [0xef, 0xbb, 0xbf])) return { encoding: 'utf-8', skip: 3 }
  if (startsWith(sample, [0xff, 0xfe])) return { encoding: 'utf-16le', skip: 2 }
  if (startsWith(sample, [0xfe, 0xff])) return { encoding: 'utf-16be', skip: 2 }
  return { encoding: declared ?? guess(sample), skip: 0 }
}

function guess(sample: Buffer): ImportEncoding {
  // Text in Latin script as UTF-16 has a zero in every other byte; no other encoding of text has any.
  const zeros = [0, 0]
  const length = Math.min(sample.length, 4096)
  for (let index = 0; index < length; index++)
    if (sample[index] === 0) zeros[index % 2] = (zeros[index % 2] ?? 0) + 1
  const [even = 0, odd = 0] = zeros
  if (odd > length / 5 && even < length / 50) return 'utf-16le'
  if (even > length / 5 && odd < length / 50) return 'utf-16be'

  if (isUtf8(sample)) return 'utf-8'
  // Not all valid: a file in UTF-8 with a few damaged rows, or another encoding. An accented letter of windows-1252 is
  // hardly ever followed by what would make it valid UTF-8, so the majority decides.
  const text = sample.toString('utf8')
  const damaged = text.split('\uFFFD').length - 1
  const accented = text.match(/[\u0080-\uFFFC]/g)?.length ?? 0
  return accented > damaged ? 'utf-8' : 'windows-1252'
}

function startsWith(sample: Buffer, bytes: number[]): boolean {
  return bytes.every((byte, index) => sample[index] === byte)
}
