/**
 * What waits, by account. Next is the account that has used least lately, so that whoever brings much waits for themselves: a second
 * account with one small thing goes before all but one of a first one's hundred heavy ones.
 */
export interface FairQueue<Item> {
  readonly size: number
  waiting(account: string): number
  /** Whether anything of another account waits. */
  othersWait(account: string): boolean
  add(account: string, item: Item): void
  /** Whose turn it is, of the accounts that may go on. */
  next(mayGo: (account: string) => boolean): string | undefined
  /** Takes the first one of an account. */
  take(account: string): Item | undefined
  /** Takes out one; false when it is not waiting any more. */
  remove(account: string, item: Item): boolean
  /** Takes out the latest of the account of which most is waiting. */
  dropLatest(): Item | undefined
  /** Milliseconds that an account has used lately: half of them is forgotten in each half-life. */
  used(account: string): number
  charge(account: string, milliseconds: number): void
}

interface Usage {
  milliseconds: number
  at: number
}

/** What was used a minute ago counts for a quarter. */
const halfLifeMs = 30_000
const forgottenMs = 1

export function fairQueue<Item>(now: () => number = () => performance.now()): FairQueue<Item> {
  const lines = new Map<string, Item[]>()
  const usage = new Map<string, Usage>()
  let size = 0

  const used = (account: string) => {
    const known = usage.get(account)
    return known === undefined ? 0 : known.milliseconds * 0.5 ** ((now() - known.at) / halfLifeMs)
  }
  const takeAt = (account: string, index: number): Item | undefined => {
    const line = lines.get(account) ?? []
    const [item] = line.splice(index, 1)
    if (line.length === 0) lines.delete(account)
    if (item !== undefined) size -= 1
    return item
  }
  const forget = () => {
    for (const account of usage.keys()) if (used(account) < forgottenMs) usage.delete(account)
  }

  return {
    get size() {
      return size
    },
    waiting: (account) => lines.get(account)?.length ?? 0,
    othersWait: (account) => lines.size > (lines.has(account) ? 1 : 0),
    add(account, item) {
      const line = lines.get(account)
      if (line === undefined) lines.set(account, [item])
      else line.push(item)
      size += 1
    },
    next(mayGo) {
      // in the order of their first items; the sort keeps it among equals
      return [...lines.keys()].filter(mayGo).sort((a, b) => used(a) - used(b))[0]
    },
    take: (account) => takeAt(account, 0),
    remove(account, item) {
      const index = lines.get(account)?.indexOf(item) ?? -1
      if (index !== -1) takeAt(account, index)
      return index !== -1
    },
    dropLatest() {
      const [account, line] = [...lines].sort(([, a], [, b]) => b.length - a.length)[0] ?? []
      return account === undefined || line === undefined ? undefined : takeAt(account, line.length - 1)
    },
    used,
    charge(account, milliseconds) {
      usage.set(account, { milliseconds: used(account) + milliseconds, at: now() })
      if (usage.size > 1_000) forget()
    },
  }
}
