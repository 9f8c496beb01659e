/**
 * The checkpoint: the heads of all logs of all accounts, counted, under one keyed hash and a number that only grows. It is one row, and
 * one file. A log that is removed as a whole, with its seals and its head, is still named here. Who can write to the database cannot
 * make one, nor put an older one in its place, since the file has a higher number; nor can who has only the files.
 */
import { createHmac, timingSafeEqual } from 'node:crypto'
import type { Context } from '../context.ts'
import { packId, unpackId } from './leaves.ts'
import { type LogHead, type LogName, logs } from './log-head.ts'
import { putWhole, readText } from './sealed-file.ts'

export interface Entry extends Pick<LogHead, 'log' | 'sequence' | 'hash'> {
  accountId: string
}

export interface Checkpoint {
  sequence: number
  writtenAt: Date
  /** By account and log. */
  heads: ReadonlyMap<string, Entry>
}

export const entryKey = (accountId: string, log: LogName) => `${accountId} ${log}`

export const checkpointFile = 'checkpoint.json'

const entryBytes = 16 + 1 + 4 + 32

function pack(heads: Checkpoint['heads']): Buffer {
  const sorted = [...heads].sort(([a], [b]) => (a < b ? -1 : 1))
  return Buffer.concat(
    sorted.flatMap(([, { accountId, log, sequence, hash }]) => {
      const numbers = Buffer.alloc(5)
      numbers.writeUInt8(logs.indexOf(log))
      numbers.writeUInt32BE(sequence, 1)
      return [packId(accountId), numbers, hash]
    }),
  )
}

function unpack(packed: Uint8Array): Checkpoint['heads'] {
  const bytes = Buffer.from(packed)
  const heads = new Map<string, Entry>()
  for (let start = 0; start + entryBytes <= bytes.length; start += entryBytes) {
    const entry = bytes.subarray(start, start + entryBytes)
    const accountId = unpackId(entry.subarray(0, 16))
    const log = logs[entry.readUInt8(16)] ?? 'audit'
    const hash = new Uint8Array(entry.subarray(21))
    heads.set(entryKey(accountId, log), { accountId, log, sequence: entry.readUInt32BE(17), hash })
  }
  return heads
}

interface Sealed {
  sequence: number
  writtenAt: Date
  heads: Uint8Array
}

const proofOf = ({ keys }: Pick<Context, 'keys'>, { sequence, writtenAt, heads }: Sealed): Buffer =>
  createHmac('sha256', keys.derive('seals:checkpoint'))
    .update(JSON.stringify([sequence, writtenAt.toISOString(), heads.length]))
    .update(heads)
    .digest()

function opened(context: Pick<Context, 'keys'>, sealed: Sealed, proof: Uint8Array): Checkpoint | null {
  if (proof.length !== 32 || !timingSafeEqual(proofOf(context, sealed), proof)) return null
  return { sequence: sealed.sequence, writtenAt: sealed.writtenAt, heads: unpack(sealed.heads) }
}

export type Copy = Checkpoint | 'absent' | 'forged'

export const isCheckpoint = (copy: Copy): copy is Checkpoint => typeof copy === 'object'

export async function readRow(platform: Context): Promise<Copy> {
  const { accountId } = platform
  const row = await platform.db.checkpoint.findUnique({ where: { accountId } })
  if (row === null) return 'absent'
  return opened(platform, row, row.proof) ?? 'forged'
}

export async function readFile(platform: Pick<Context, 'files' | 'keys'>): Promise<Copy> {
  const text = await readText(platform, checkpointFile)
  if (text === null) return 'absent'
  try {
    const { sequence, writtenAt, heads, proof } = JSON.parse(text) as Record<string, string | number>
    const sealed = {
      sequence: Number(sequence),
      writtenAt: new Date(String(writtenAt)),
      heads: Buffer.from(String(heads), 'base64'),
    }
    return opened(platform, sealed, Buffer.from(String(proof), 'base64')) ?? 'forged'
  } catch {
    return 'forged'
  }
}

/** In a transaction that has taken its turn (`takeTurn`). The file follows when it is committed. */
export async function saveRow(tx: Context, { sequence, writtenAt, heads }: Checkpoint): Promise<void> {
  const { accountId } = tx
  const sealed = { sequence, writtenAt, heads: new Uint8Array(pack(heads)) }
  const data = { ...sealed, proof: new Uint8Array(proofOf(tx, sealed)) }
  const create = { accountId, ...data }
  await tx.db.checkpoint.upsert({ where: { accountId }, create, update: data, select: { sequence: true } })
}

/** Before the file is written, somebody else may have written a later one: it stays. */
export async function saveFile(
  platform: Pick<Context, 'files' | 'keys' | 'settings'>,
  { sequence, writtenAt, heads }: Checkpoint,
): Promise<void> {
  const there = await readFile(platform)
  if (isCheckpoint(there) && there.sequence > sequence) return
  const sealed = { sequence, writtenAt, heads: pack(heads) }
  const content = {
    sequence,
    writtenAt,
    heads: sealed.heads.toString('base64'),
    proof: proofOf(platform, sealed).toString('base64'),
  }
  await putWhole(platform, checkpointFile, JSON.stringify(content))
}
