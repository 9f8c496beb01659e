/**
 * Who has seen whose personal data (docs/decisions, "Reads are on record together"). A row for each read would make a read cost a
 * write; so reads are counted in memory, by who read what from where, and written down together, every half minute and when the process
 * ends.
 */
import type { Context, Platform } from '../context.ts'
import { idsPerRow } from './ids-per-row.ts'
import { newSight } from './sight.ts'

/** Ids held in memory, of all accounts; with as many it is written down without waiting. */
const idsHeld = 50_000
/** Rows held while the database takes none. What comes then is lost, and said in the log. */
const rowsHeld = 10_000

interface Entry {
  context: Context
  type: string
  reads: number
  ids: Set<string>
  /** Times that somebody was shown who found no place among the ids. */
  more: number
}

export interface ReadLog {
  /** For a request: notes whom it shows. */
  open(context: Context): Context
  /** When it has been answered. */
  close(context: Context): void
  /** Writes down what there is. */
  flush(): Promise<void>
}

export function readLog(platform: Platform): ReadLog {
  let entries = new Map<string, Entry>()
  let held = 0
  let lost = 0
  let flushing: Promise<void> = Promise.resolve()

  function add({ context, type, reads, ids, more }: Entry): void {
    const { accountId, actor, action, address } = context
    const key = JSON.stringify([accountId, actor.type, actor.id, action, address, type])
    const known = entries.get(key)
    if (known === undefined && entries.size >= rowsHeld) {
      lost += reads
      return
    }
    const all = known?.ids ?? new Set<string>()
    let left = more + (known?.more ?? 0)
    for (const id of ids) {
      if (all.has(id)) continue
      if (all.size >= idsPerRow || held >= 2 * idsHeld) left += 1
      else {
        all.add(id)
        held += 1
      }
    }
    entries.set(key, {
      // of several requests none is the one
      context: known === undefined ? context : { ...context, requestId: null },
      type,
      reads: reads + (known?.reads ?? 0),
      ids: all,
      more: left,
    })
  }

  async function write(): Promise<void> {
    const taken = [...entries.values()]
    if (lost > 0) platform.log.error({ reads: lost }, 'reads of personal data are not on record')
    entries = new Map()
    held = 0
    lost = 0
    if (taken.length === 0) return
    try {
      await platform.db.auditEvent.createMany({ data: taken.map(rowOf) })
    } catch (error) {
      platform.log.warn({ err: error, rows: taken.length }, 'reads could not be put on record yet')
      taken.forEach(add)
    }
  }

  const flush = () => {
    flushing = flushing.then(write)
    return flushing
  }

  return {
    open: (context) => ({ ...context, sight: newSight() }),
    close(context) {
      const { type, ids } = context.sight?.seen() ?? {}
      if (type === undefined || ids === undefined || ids.size === 0) return
      add({ context, type, reads: 1, ids: new Set(ids), more: 0 })
      if (held >= idsHeld) void flush()
    },
    flush,
  }
}

function rowOf({ context, type, reads, more, ids }: Entry) {
  const [only] = ids
  return {
    ...context.scope,
    id: context.newId(),
    actorType: context.actor.type,
    actorId: context.actor.id,
    action: context.action,
    targetType: only === undefined ? null : type,
    targetId: ids.size === 1 && more === 0 ? (only ?? null) : null,
    targetIds: [...ids],
    kind: 'read',
    address: context.address,
    requestId: context.requestId,
    changed: [],
    counts: { reads, shown: ids.size, ...(more === 0 ? {} : { more }) },
    at: context.clock.now(),
  }
}
