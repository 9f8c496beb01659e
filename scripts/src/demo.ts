/**
 * `npm run demo`: the main job, on a platform of its own in a temporary folder, through the SDK alone. A customer opens an
 * account, imports an audience with proof of consent, sends a newsletter to a segment, sees what was opened and clicked by
 * those who allow it, lets one unsubscribe, hands one their data, erases one and gets a receipt.
 */
import { randomBytes } from 'node:crypto'
import { createWriteStream } from 'node:fs'
import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createEnvoi } from '@envoi/sdk'
import { type RunningPlatform, startPlatform } from '@envoi/supervisor'
import { makeAudience } from './audience.ts'
import { openAccount } from './demo/account.ts'
import { importAudience } from './demo/audience.ts'
import { readMail } from './demo/mail.ts'
import { sendNewsletter } from './demo/newsletter.ts'
import { readNewsletter } from './demo/read-newsletter.ts'
import { createReport, type Report } from './demo/report.ts'
import { askForRights } from './demo/rights.ts'

const rows = 5_000
const print = (line: string) => process.stdout.write(`${line}\n`)

async function run(platform: RunningPlatform, folder: string, report: Report): Promise<void> {
  if (platform.inboxUrl === undefined) throw new Error('the demo needs the mail catcher')
  const anyone = createEnvoi({ baseUrl: platform.url })
  const envoi = await openAccount(anyone, platform.operatorToken, report)
  const file = join(folder, 'audience.csv')
  await report.step(`An audience of ${rows} people`, () =>
    pipeline(Readable.from(makeAudience(rows, 42)), createWriteStream(file)),
  )
  const audience = await importAudience(envoi, file, report)
  const newsletter = await readNewsletter()
  const operator = anyone.with(platform.operatorToken)
  const campaign = await sendNewsletter(envoi, operator, newsletter, audience, report)
  await readMail(envoi, platform.inboxUrl, campaign, audience, report)
  await askForRights(envoi, audience, report)
}

const report = createReport(print)
const folder = await mkdtemp(join(tmpdir(), 'envoi-demo-'))
await chmod(folder, 0o755)
const started = performance.now()
const { SMTP_URL: _, ...settings } = process.env
const platform = await report.step('Envoi starts', () =>
  startPlatform({
    settings: {
      ...settings,
      ENVOI_DATA_DIR: folder,
      ENVOI_MASTER_KEY: randomBytes(32).toString('base64'),
      PORT: '0',
      API_URL: '',
      PUBLIC_URL: '',
      LOG_LEVEL: settings.LOG_LEVEL || 'warn',
    },
  }),
)
try {
  await run(platform, folder, report)
  print(`\n${report.table()}\n`)
  print(`The main job, from start to end: ${((performance.now() - started) / 1000).toFixed(0)} s.`)
  print('To try it yourself: npm start, then its reference at /docs.')
} catch (error) {
  process.exitCode = 1
  print(error instanceof Error ? (error.stack ?? error.message) : String(error))
} finally {
  await platform.stop()
  await rm(folder, { recursive: true, force: true })
}
