import { asSystem, type Platform } from '../context.ts'
import { platformAccount } from '../jobs/schedules.ts'
import { rotateTokenKeys } from './rotate-token-keys.ts'
import { acceptedKeys, readTokenKeys, signingKey, type TokenKey } from './token-keys.ts'

/** A process asks for the keys so often: much less than a key is published before it signs. */
const freshMs = 60_000

/** The signing keys as a process knows them. */
export interface TokenKeyRing {
  /** Asks for the keys when it was some time ago. To be waited for before the others are called. */
  refresh(): Promise<void>
  signing(): TokenKey
  find(id: string): TokenKey | undefined
  accepted(): TokenKey[]
}

/** Opens the ring. Whoever finds no key makes one: at the first start, and when all were withdrawn. */
export async function openTokenKeyRing(platform: Platform): Promise<TokenKeyRing> {
  let keys = await keysOf(platform)
  let askedAt = platform.clock.now()
  let asking: Promise<void> | undefined

  async function ask(): Promise<void> {
    try {
      keys = await keysOf(platform)
    } catch (error) {
      // those at hand are as good as they were; whoever needs the database says that it is away
      platform.log.warn({ err: error }, 'the signing keys could not be asked for')
    } finally {
      askedAt = platform.clock.now()
      asking = undefined
    }
  }

  return {
    async refresh() {
      // also when the clock has jumped back
      if (Math.abs(platform.clock.now().getTime() - askedAt.getTime()) < freshMs) return
      asking ??= ask()
      await asking
    },
    signing() {
      const key = signingKey(keys, platform.clock.now())
      if (key === undefined) throw new Error('there is no key to sign access tokens with')
      return key
    },
    find: (id) => acceptedKeys(keys, platform.clock.now()).find((key) => key.id === id),
    accepted: () => acceptedKeys(keys, platform.clock.now()),
  }
}

async function keysOf(platform: Platform): Promise<TokenKey[]> {
  const keys = await readTokenKeys(platform)
  if (keys.length > 0) return keys
  await rotateTokenKeys(asSystem(platform, platformAccount, 'access.rotateKeys'))
  return readTokenKeys(platform)
}
