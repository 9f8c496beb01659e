import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Bench, exponent, medianOf, spreadOf } from './bench.ts'
import type { BenchDatabases } from './database.ts'
import { importContacts, openScene, type Scene } from './scene.ts'

interface Case {
  what: string
  goal: number
  /** Everything has been imported once before, and what is imported now differs. */
  existing: boolean
  consents: boolean
  /** What the same rows end up in. */
  tables: string[]
}

const cases: Case[] = [
  { what: 'new contacts', goal: 0.5, existing: false, consents: false, tables: ['contact'] },
  {
    what: 'new contacts, each with consent and list',
    goal: 0.5,
    existing: false,
    consents: true,
    tables: ['contact', 'consent_event', 'consent', 'list_member'],
  },
  {
    what: 'contacts that all exist and change',
    goal: 0.3,
    existing: true,
    consents: false,
    tables: ['contact'],
  },
]

/** Contacts from a CSV file, in the worker's process. */
export const importBench: Bench = {
  name: 'import',
  against: 'server-side COPY of the same rows into the same tables, with their indexes and foreign keys',
  async run({ quick, databases }) {
    const sizes = quick ? [2_000] : [100_000, 1_000_000]
    const measures = []
    for (const one of cases) {
      const took: { size: number; seconds: number }[] = []
      for (const rows of sizes) {
        // a million rows take their time: the spread is seen at the smaller size
        const runs = quick || rows > 100_000 ? 1 : 5
        const { ours, limit, peakMemory } = await measure(databases, one, rows, runs)
        took.push({ size: rows, seconds: rows / ours.median })
        const [small, large] = took
        const growth = small && large ? `; exponent ${exponent(small, large).toFixed(2)}` : ''
        measures.push({
          what: `${rows.toLocaleString('en')} ${one.what}`,
          ours: ours.median,
          limit: limit.median,
          unit: 'rows/s',
          goal: one.goal,
          peakMemory,
          note: `${spreadOf(ours)}${growth}`,
        })
      }
    }
    return measures
  },
}

async function measure(databases: BenchDatabases, one: Case, rows: number, runs: number) {
  const limits: number[] = []
  let peakMemory = 0
  const ours = await medianOf(runs, async () => {
    const scene = await openScene(databases)
    try {
      if (one.existing) await importContacts(scene, rows)
      const ran = await importContacts(scene, rows, { round: 1, consents: one.consents })
      peakMemory = Math.max(peakMemory, ran.peakMemory)
      limits.push(rows / (await copyRows(databases, scene, one.tables)))
      return rows / ran.seconds
    } finally {
      await scene.close()
    }
  })
  return { ours, limit: await medianOf(runs, async () => limits.shift() ?? Number.NaN), peakMemory }
}

/** Seconds that the server takes to read the same rows, as they came out, into the same tables of a new database. */
async function copyRows(
  databases: BenchDatabases,
  { database, context }: Scene,
  tables: string[],
): Promise<number> {
  // the server writes and reads its files there, as another user
  const folder = await mkdtemp(join(tmpdir(), 'envoi-bench-files-'))
  await chmod(folder, 0o777)
  const target = await databases.clone()
  try {
    const needed = ['account', 'purpose', 'list'].filter((table) => !tables.includes(table))
    for (const table of [...needed, ...tables])
      await database.run(`copy (select * from ${table}) to '${join(folder, table)}'`)
    for (const table of needed) await target.run(`copy ${table} from '${join(folder, table)}'`)
    await target.run('checkpoint')
    const start = performance.now()
    for (const table of tables) await target.run(`copy ${table} from '${join(folder, table)}'`)
    const seconds = (performance.now() - start) / 1000
    const { rows } = await target.run(
      'select count(*)::integer as count from contact where account_id = $1',
      [context.accountId],
    )
    if (rows[0].count === 0) throw new Error('nothing was copied')
    return seconds
  } finally {
    await target.drop()
    await rm(folder, { recursive: true, force: true })
  }
}
