import type { Actor } from '../context.ts'

/** Who stands behind a request, once proven. */
export interface Principal {
  accountId: string
  actor: Actor
  permissions: ReadonlySet<string>
  allowedIps: string[]
  accountStatus: string
  /** A user who has to set up a second factor before anything else. */
  mustEnrol?: boolean
  /** Of an API key: when it was last noted as used. */
  lastUsedAt?: Date | null
}
