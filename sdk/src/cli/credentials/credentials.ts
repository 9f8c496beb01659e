/** A user's session, in a file that nobody else can read. */
import { randomUUID } from 'node:crypto'
import { chmod, mkdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Schemas } from '../../api.ts'
import { CliError } from '../failures.ts'

export interface Credentials {
  /** The server it is with: it is shown to no other. */
  url: string
  email: string
  sessionId: string
  accessToken: string
  /** When to renew it, in milliseconds since 1970 by this machine's clock. */
  renewAt: number
  /** Good for one renewal. */
  refreshToken: string
}

/** Renewed this early, a token does not end on its way to the server. */
const margin = 30_000

export function tokensOf({ accessToken, refreshToken, expiresIn }: Schemas['Tokens'], now: number) {
  return { accessToken, refreshToken, renewAt: now + expiresIn * 1000 - margin }
}

const fileIn = (folder: string) => join(folder, 'credentials.json')

/** undefined for nobody. */
export async function readCredentials(folder: string): Promise<Credentials | undefined> {
  const file = fileIn(folder)
  const content = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return undefined
    throw error
  })
  if (content === undefined) return undefined
  // someone has opened it to others, or a backup has: closed again
  if (process.platform !== 'win32' && ((await stat(file)).mode & 0o077) !== 0) await chmod(file, 0o600)
  const credentials = parse(content)
  if (credentials === undefined)
    throw new CliError(`${file} cannot be read`, 3, ['`envoi login` writes it anew'])
  return credentials
}

function parse(content: string): Credentials | undefined {
  try {
    const value = JSON.parse(content) as Partial<Credentials>
    const { url, email, sessionId, accessToken, renewAt, refreshToken } = value
    const texts = [url, email, sessionId, accessToken, refreshToken]
    const whole = texts.every((text) => typeof text === 'string') && typeof renewAt === 'number'
    return whole ? (value as Credentials) : undefined
  } catch {
    return undefined
  }
}

/** Whole or not at all: another command may read it at any instant. */
export async function writeCredentials(folder: string, credentials: Credentials): Promise<void> {
  const draft = `${fileIn(folder)}.${randomUUID()}`
  try {
    await writeFile(draft, `${JSON.stringify(credentials, null, 2)}\n`, { mode: 0o600, flag: 'wx' })
    await rename(draft, fileIn(folder))
  } catch (error) {
    await rm(draft, { force: true })
    throw error
  }
}

export async function forgetCredentials(folder: string): Promise<void> {
  await rm(fileIn(folder), { force: true })
}

/** Makes the folder if need be; it is the user's alone. */
export async function makeFolder(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 })
  // `mkdir` leaves a folder that exists as it is
  if (process.platform !== 'win32') await chmod(folder, 0o700)
}
