/**
 * `npm run demo`: the main job, on a platform of its own in a temporary folder, through the SDK alone. A customer opens an
 * account, imports an audience with proof of consent, sends a newsletter to a segment, sees who was left out and why, what was
 * opened and clicked by those who allow it, lets one unsubscribe, hands one their data, erases one and gets a receipt.
 */
import { createWriteStream } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import { join, relative, resolve } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { SettingsError } from '@envoi/core'
import { createEnvoi } from '@envoi/sdk'
import { StartError } from '@envoi/supervisor'
import { makeAudience } from './audience.ts'
import { openAccount } from './demo/account.ts'
import { importAudience } from './demo/audience.ts'
import { readMail } from './demo/mail.ts'
import { sendNewsletter } from './demo/newsletter.ts'
import { readNewsletter } from './demo/read-newsletter.ts'
import { createReport } from './demo/report.ts'
import { askForRights } from './demo/rights.ts'
import { type Stage, stageOf } from './demo/stage.ts'

const rows = 5_000
const print = (line: string) => process.stdout.write(`${line}\n`)
const report = createReport(process.stdout)
const stage = stageOf(process.env)

/** Does it all; returns a mail as it arrived. */
async function play({ platform, folder }: Stage): Promise<string> {
  if (platform.inboxUrl === undefined) throw new Error('the demo needs the mail catcher')
  const anyone = createEnvoi({ baseUrl: platform.url })
  const envoi = await openAccount(anyone, platform.operatorToken, report)
  const file = join(folder, 'audience.csv')
  await report.step(`An audience of ${rows.toLocaleString('en')} people is invented`, () =>
    pipeline(Readable.from(makeAudience(rows, 42)), createWriteStream(file)),
  )
  const audience = await importAudience(envoi, file, report)
  const newsletter = await readNewsletter()
  const operator = anyone.with(platform.operatorToken)
  const campaign = await sendNewsletter(envoi, operator, newsletter, audience, report)
  const html = await readMail(envoi, platform.inboxUrl, campaign, audience, report)
  await askForRights(envoi, audience, report)
  return html
}

/** The figures and a mail, to be looked at when all else is gone. */
async function keep(html: string): Promise<string> {
  const folder = resolve(process.env.ENVOI_DATA_DIR || '.envoi', 'demo')
  await mkdir(folder, { recursive: true })
  await writeFile(join(folder, 'figures.txt'), `${report.table()}\n`)
  await writeFile(join(folder, 'newsletter.html'), html)
  return relative(process.cwd(), folder) || folder
}

let interrupted = false
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
  process.on(signal, async () => {
    // asked twice: at once. The processes end by themselves when this one is gone
    if (interrupted) process.exit(130)
    interrupted = true
    print('\nThe demo stops, and leaves nothing behind.')
    await stage.clear()
    process.exit(130)
  })

const started = performance.now()
try {
  const html = await play(await report.step('Envoi starts', () => stage.open()))
  const folder = await keep(html)
  print(`\n${report.table()}\n`)
  print(`The main job, from start to end: ${((performance.now() - started) / 1000).toFixed(0)} s.\n`)
  print(`Look at what was sent:  ${join(folder, 'newsletter.html')}`)
  print(`The figures again:      ${join(folder, 'figures.txt')}`)
  print('Try it yourself:        npm start, which says where its reference and its inbox are.')
} catch (error) {
  // what fails once all is being stopped is no news
  if (!interrupted) {
    process.exitCode = 1
    const known = error instanceof StartError || error instanceof SettingsError
    console.error(known ? error.message : error)
  }
} finally {
  await stage.clear()
}
