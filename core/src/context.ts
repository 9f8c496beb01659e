import type { Prisma, PrismaClient } from '@envoi/prisma'
import type pg from 'pg'
import type { Logger } from 'pino'
import type { Sight } from './audit/sight.ts'
import type { Lanes } from './connections/lanes.ts'
import type { Reserved } from './connections/process-connections.ts'
import type { ContentThreads } from './content/content-threads.ts'
import type { Keys } from './crypto/keys.ts'
import type { Files } from './files.ts'
import type { OnceOnly } from './idempotency/once-only.ts'
import type { Mailer } from './mail/mailer.ts'
import type { Settings } from './settings.ts'

/** What the process is made of: one per process, made at start, passed to everything. There is no global. */
export interface Platform {
  db: PrismaClient | Prisma.TransactionClient
  /** For hot paths: prepared statements and COPY. */
  pool: pg.Pool
  /** For reads that may take long (`onLane`); null where nobody waits for them. */
  lanes: Lanes | null
  /** Connections that the requests of accounts cannot take. */
  reserved: Reserved
  clock: Clock
  newId: () => string
  keys: Keys
  files: Files
  /** What accounts write is compiled and rendered there. */
  contents: ContentThreads
  /** null without SMTP_URL: nothing can be sent. */
  mailer: Mailer | null
  settings: Settings
  log: Logger
}

export interface Clock {
  now(): Date
  /** By how much the clock of this machine is to be put right, for tools that read it by themselves. Right, unless it says so. */
  correctionMs?(): number
}

/** Of the machine, right or wrong. Processes go by the database's: see `databaseClock`. */
export const systemClock: Clock = { now: () => new Date() }

export interface Actor {
  type: 'user' | 'api_key' | 'operator' | 'contact' | 'system'
  id: string | null
  /** Of a user who is logged in: the session they act in. */
  sessionId?: string
  /** Of a test key, and of jobs that do what one has asked for: all mail goes to the sink. */
  testMode?: boolean
  /** Of an API key in a request: the user whom the value in use was shown to, if that is known. */
  holder?: string | null
}

/** A piece of work on behalf of nobody's account yet: opening one, logging in. */
export interface RequestContext extends Platform {
  /** The operationId, or the name of a job: what the audit log says was done. */
  action: string
  requestId: string | null
  /** Where the request came from. */
  address: string | null
  userAgent: string | null
  /** Says when nobody waits for the answer any more: the client has gone, or was told that it takes too long. */
  signal?: AbortSignal
  /** Of what runs on a lane, for as long as it has one. */
  lane?: { readonly isHeld: boolean }
  /** Of a request with an Idempotency-Key: what keeps its effect until its answer is known. */
  once?: OnceOnly
  /** Notes whose personal data was shown unmasked, so that it comes to be on record. */
  sight?: Sight
}

/** A piece of work inside one account. Comes first in every function of the domain. */
export interface Context extends RequestContext {
  accountId: string
  /** Spread into every `where` and `data`. */
  scope: { accountId: string }
  actor: Actor
  permissions: ReadonlySet<string>
}

/** Whether what is done here must let no mail leave. */
export const isTestMode = ({ actor }: Pick<Context, 'actor'>) => actor.testMode === true

/** Enters an account. */
export function inAccount(
  context: RequestContext,
  accountId: string,
  actor: Actor,
  permissions: ReadonlySet<string> = new Set(),
): Context {
  return { ...context, accountId, scope: { accountId }, actor, permissions }
}

/** For work that the platform does by itself: jobs and schedules. */
export function asSystem(platform: Platform, accountId: string, action: string): Context {
  const request = { ...platform, action, requestId: null, address: null, userAgent: null }
  return inAccount(request, accountId, { type: 'system', id: null })
}
