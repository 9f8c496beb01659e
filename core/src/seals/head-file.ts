/** The head of a log outside the database. */
import type { Context } from '../context.ts'
import { headProof, isGenuineHead, type LogHead, type LogName, type Recorded } from './log-head.ts'
import { putWhole, readText } from './sealed-file.ts'

export const headFile = (accountId: string, log: LogName) => `${accountId}/${log}/head.json`

export async function writeHeadFile(context: Context, head: LogHead): Promise<void> {
  const { sequence, hash, total, log } = head
  const content = {
    sequence,
    total: String(total),
    hash: Buffer.from(hash).toString('hex'),
    proof: headProof(context, head).toString('hex'),
  }
  await putWhole(context, headFile(context.accountId, log), JSON.stringify(content))
}

export async function readHeadFile(context: Context, log: LogName): Promise<Recorded> {
  const text = await readText(context, headFile(context.accountId, log))
  return text === null ? 'absent' : (parseHead(context, log, text) ?? 'forged')
}

/** null when it is not one that the platform made for this account. */
export function parseHead(
  context: Pick<Context, 'keys' | 'accountId'>,
  log: LogName,
  text: string,
): LogHead | null {
  try {
    const { sequence, total, hash, proof } = JSON.parse(text) as Record<string, string | number>
    const head = {
      log,
      sequence: Number(sequence),
      total: BigInt(total ?? 0),
      hash: new Uint8Array(Buffer.from(String(hash), 'hex')),
    }
    const isOurs = isGenuineHead(context, { ...head, proof: Buffer.from(String(proof), 'hex') })
    return isOurs ? head : null
  } catch {
    return null
  }
}
