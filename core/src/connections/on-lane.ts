import type { Context, RequestContext } from '../context.ts'

/**
 * A read that may take long: on a connection kept for such reads, when its account has a turn, and cancelled when nobody waits for it
 * any more. What already runs on one goes on there. Jobs have no lanes: nobody waits for them.
 *
 * A stream takes a turn for each of its pages, so that a reader who takes their time holds none.
 */
export async function onLane<C extends Context | RequestContext, T>(
  context: C,
  work: (context: C) => Promise<T>,
): Promise<T> {
  const { lanes, lane, signal } = context
  if (lanes === null || lane?.isHeld === true) return work(context)
  // nothing that is read needs to be kept with the answer
  const { once: _, ...rest } = context
  const held = { isHeld: true }
  return lanes.run(ownerOf(context), signal, async (db) => {
    try {
      return await work({ ...rest, db, lane: held } as unknown as C)
    } finally {
      held.isHeld = false
    }
  })
}

const ownerOf = (context: Context | RequestContext) =>
  'accountId' in context ? context.accountId : 'operator'
