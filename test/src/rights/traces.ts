/** The search for what is left of a person: everything a platform stores, and every form in which a value could stand there. */
import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { Redis } from 'ioredis'
import type { TestServer } from '../support/fixture.ts'

/** All that is stored anywhere in the database, line by line: every column of every table as text, of every schema. */
export async function dumpDatabase({ platform }: TestServer): Promise<string[]> {
  const { rows: tables } = await platform.direct.query<{ name: string }>(`
    select format('%I.%I', n.nspname, c.relname) as name
    from pg_class c join pg_namespace n on n.oid = c.relnamespace
    -- temporary ones are another session's, and go with their transaction
    where c.relkind in ('r', 'm') and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'`)
  const lines: string[] = []
  for (const { name } of tables) {
    const { rows } = await platform.direct.query<{ line: string }>(`select t::text as line from ${name} as t`)
    lines.push(...rows.map(({ line }) => `${name} ${line}`))
  }
  return lines
}

/** Everything that Redis holds, keys and values. */
export async function dumpRedis({ platform }: TestServer): Promise<string[]> {
  const { redisUrl } = platform.settings
  if (redisUrl === undefined) return []
  const redis = new Redis(redisUrl)
  const lines: string[] = []
  for await (const keys of redis.scanStream({ count: 1_000 }) as AsyncIterable<string[]>)
    for (const key of keys) lines.push(`${key} ${JSON.stringify(await storedAt(redis, key))}`)
  redis.disconnect()
  return lines
}

async function storedAt(redis: Redis, key: string): Promise<unknown> {
  try {
    switch (await redis.type(key)) {
      case 'string':
        return await redis.get(key)
      case 'hash':
        return await redis.hgetall(key)
      case 'list':
        return await redis.lrange(key, 0, -1)
      case 'set':
        return await redis.smembers(key)
      case 'zset':
        return await redis.zrange(key, 0, '-1')
      case 'stream':
        return await redis.xrange(key, '-', '+')
      default:
        return null
    }
  } catch (error) {
    // others use this Redis: a key of theirs may go, or be another, between the two questions
    if (/WRONGTYPE/.test(String(error))) return null
    throw error
  }
}

/** Every file of the platform, by name and content, unpacked if it is compressed. */
export async function readFiles({ platform }: TestServer): Promise<string[]> {
  const folder = platform.settings.dataDir
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name))
  return Promise.all(
    files.map(async (file) => {
      const bytes = await readFile(file)
      const isGzip = bytes[0] === 0x1f && bytes[1] === 0x8b
      return `${file} ${(isGzip ? gunzipSync(bytes) : bytes).toString('utf8')}`
    }),
  )
}

/** A value as it is, and as anything makes it that encodes, escapes or hashes text. Lower case throughout. */
export function formsOf(value: string): string[] {
  const spellings = new Set([
    value,
    value.toLowerCase(),
    value.toUpperCase(),
    value.normalize('NFD'),
    value.normalize('NFD').replace(/\p{M}/gu, ''),
  ])
  const forms = [...spellings].flatMap((text) => {
    const bytes = Buffer.from(text)
    return [
      text,
      encodeURIComponent(text),
      JSON.stringify(text).slice(1, -1),
      // as PHP and Python escape JSON, as HTML and quoted-printable write it
      text.replace(/[^\x20-\x7e]/g, (character) => `\\u${hex(character, 4)}`),
      text.replace(/[^\x20-\x7e]/gu, (character) => `&#${character.codePointAt(0)};`),
      text.replace(/[^\x20-\x7e]/gu, (character) =>
        [...Buffer.from(character)].map((byte) => `=${byte.toString(16)}`).join(''),
      ),
      bytes.toString('hex'),
      Buffer.from(text, 'utf16le').toString('hex'),
      ...base64Within(bytes),
      ...['md5', 'sha1', 'sha256', 'sha512'].flatMap((algorithm) => hashes(algorithm, text)),
    ]
  })
  return [...new Set(forms.map((form) => form.toLowerCase()))]
}

const hex = (character: string, length: number) => character.charCodeAt(0).toString(16).padStart(length, '0')

/** How bytes look in base64 wherever they begin: the characters that do not depend on their neighbours. */
function base64Within(bytes: Buffer): string[] {
  if (bytes.length < 5) return []
  return [0, 1, 2].flatMap((shift) => {
    const whole = Buffer.concat([Buffer.alloc(shift), bytes])
      .toString('base64')
      .replace(/=+$/, '')
    const inner = whole.slice(Math.ceil((shift * 8) / 6), -1)
    return [inner, inner.replaceAll('+', '-').replaceAll('/', '_')]
  })
}

function hashes(algorithm: string, text: string): string[] {
  const digest = createHash(algorithm).update(text).digest()
  return [digest.toString('hex'), digest.toString('base64').replace(/=+$/, ''), digest.toString('base64url')]
}

/** Looks for values in lines, in all their forms; says which line shows which value. */
export function searchFor(values: string[]): (lines: string[]) => string[] {
  const wanted = values.flatMap((value) => formsOf(value).map((form) => ({ value, form })))
  return (lines) =>
    lines.flatMap((line) => {
      const text = line.toLowerCase()
      const found = wanted.find(({ form }) => text.includes(form))
      return found === undefined ? [] : [`${found.value} as ${found.form} in ${line.slice(0, 300)}`]
    })
}
