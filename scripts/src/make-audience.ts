/**
 * Writes an audience file to import: `node scripts/dist/make-audience.js --rows 5000 --seed 42 --out demo/data/audience.csv`.
 * Not committed: 5,000 rows take under a second, and the same seed gives the same bytes.
 */
import { createWriteStream, mkdirSync } from 'node:fs'
import { dirname } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { parseArgs } from 'node:util'
import { type AudienceDirt, makeAudience } from './audience.ts'

const { values } = parseArgs({
  options: {
    rows: { type: 'string', default: '5000' },
    seed: { type: 'string', default: '42' },
    out: { type: 'string', default: 'demo/data/audience.csv' },
  },
})
const [rows, seed] = [Number(values.rows), Number(values.seed)]
if (!Number.isInteger(rows) || rows < 1 || !Number.isInteger(seed)) {
  console.error('make-audience: --rows and --seed are whole numbers')
  process.exit(2)
}

let dirt: AudienceDirt | undefined
function* lines() {
  dirt = yield* makeAudience(rows, seed)
}
mkdirSync(dirname(values.out), { recursive: true })
await pipeline(Readable.from(lines()), createWriteStream(values.out))
console.log(`${values.out}: ${JSON.stringify(dirt)}`)
