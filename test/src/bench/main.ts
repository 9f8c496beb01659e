/**
 * `npm run bench [-- --only <name>] [--quick] [--json <file>]`: every figure beside the limit measured in the same run, as a
 * ratio. Each bench works in databases of its own, on an embedded Postgres, or on the server of DATABASE_URL, whose user must
 * be a superuser to let it read files.
 */
import { spawnSync } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { parseArgs } from 'node:util'
import { auditBench } from './audit.ts'
import type { Bench, Measure } from './bench.ts'
import { type BenchDatabases, startBenchDatabases } from './database.ts'
import { deliverBench } from './deliver.ts'
import { freezeBench } from './freeze.ts'
import { importBench } from './import.ts'
import { readBench } from './read.ts'
import { redirectBench } from './redirect.ts'
import { segmentBench } from './segment.ts'

const benches: Bench[] = [
  importBench,
  segmentBench,
  freezeBench,
  deliverBench,
  redirectBench,
  readBench,
  auditBench,
]

const { values } = parseArgs({
  options: { only: { type: 'string' }, quick: { type: 'boolean', default: false }, json: { type: 'string' } },
})
const chosen = benches.filter(({ name }) => values.only === undefined || values.only === name)
if (chosen.length === 0) {
  console.error(
    `There is no bench ${values.only}: expected one of ${benches.map(({ name }) => name).join(', ')}`,
  )
  process.exit(1)
}

async function runAll(databases: BenchDatabases): Promise<(Measure & { bench: string })[]> {
  const measures = []
  for (const bench of chosen) {
    process.stderr.write(`${bench.name} (against ${bench.against})…\n`)
    for (const measure of await bench.run({ quick: values.quick, databases })) {
      const all = { bench: bench.name, ...measure }
      process.stderr.write(`  ${lineOf(all).join('  ')}\n`)
      measures.push(all)
    }
  }
  return measures
}

/** Of the work tree, with a mark when it has changes; undefined where there is no git. */
function commit(): string | undefined {
  const { status, stdout } = spawnSync('git', ['describe', '--always', '--dirty'], { encoding: 'utf8' })
  return status === 0 ? stdout.trim() : undefined
}

const rounded = (value: number) =>
  value >= 100 ? Math.round(value).toLocaleString('en') : value.toPrecision(3)

function lineOf({ what, ours, limit, unit, goal, peakMemory, note }: Measure): string[] {
  const ratio = ours / limit
  return [
    what,
    `${rounded(ours)} ${unit}`,
    `${rounded(limit)} ${unit}`,
    ratio.toFixed(2),
    goal === undefined ? '–' : `${goal.toFixed(2)} ${ratio >= goal ? '✓' : '✗'}`,
    peakMemory === undefined ? '–' : `${Math.round(peakMemory / 1024 / 1024)} MB`,
    note ?? '',
  ]
}

const databases = await startBenchDatabases()
const measures = await runAll(databases).finally(() => databases.stop())
const table = [['what', 'ours', 'limit', 'ratio', 'goal', 'memory', ''], ...measures.map(lineOf)]
console.log(
  table
    .map((line) => `| ${line.join(' | ')} |`)
    .flatMap((line, index) => (index === 0 ? [line, `|${' --- |'.repeat(7)}`] : [line]))
    .join('\n'),
)
for (const { name, against } of chosen) {
  if (!measures.some(({ bench }) => bench === name))
    console.log(`\nNOT MEASURED: ${name} (against ${against}): see above for what it needs.`)
}
if (values.json !== undefined)
  await writeFile(
    values.json,
    `${JSON.stringify(
      {
        at: new Date(),
        commit: commit(),
        node: process.version,
        measures: measures.map((measure) => ({ ...measure, ratio: measure.ours / measure.limit })),
      },
      null,
      2,
    )}\n`,
  )
