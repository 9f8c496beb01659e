import DataLoader from 'dataloader'
import type { Platform } from './context.ts'

/** A library of batches, because what seems easy about them (errors, duplicates, a turn that brings more than a batch) is not. */
const options = { cache: false, batchScheduleFn: setImmediate, maxBatchSize: 100 }

/**
 * Lookups that are asked for in one turn of the event loop become one query, which starts after the last of them: it costs no freshness,
 * and a busy server half of its work, for each message to Postgres costs more than what is done with the answer. Nothing is remembered.
 *
 * `find` answers in the order of the keys. When it fails, it fails for all who asked together.
 */
export function lookupTogether<Key, Found>(
  find: (pool: Platform['pool'], keys: readonly Key[]) => Promise<Found[]>,
): (platform: Pick<Platform, 'pool'>, key: Key) => Promise<Found> {
  const loaders = new WeakMap<Platform['pool'], DataLoader<Key, Found>>()
  return ({ pool }, key) => {
    let loader = loaders.get(pool)
    if (loader === undefined) {
      loader = new DataLoader((keys) => find(pool, keys), options)
      loaders.set(pool, loader)
    }
    return loader.load(key)
  }
}
