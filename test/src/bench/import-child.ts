/** One import, in a process of its own: prints its seconds and the most memory it took. */
import { asSystem, createLog, createPlatform, readSettings } from '@envoi/core'
import { runImport } from '@envoi/core/imports/run-import'

const [accountId = '', importId = ''] = process.argv.slice(2)
const settings = readSettings(process.env)
const platform = createPlatform(settings, { log: createLog('silent') })
const context = asSystem(platform, accountId, 'imports.run')
// what is loaded and connected once per process is no part of an import
await context.db.account.findFirst({ where: { id: accountId } })

const cpuBefore = process.cpuUsage()
const start = performance.now()
await runImport(context, importId, { signal: new AbortController().signal, failures: 0 })
const seconds = (performance.now() - start) / 1000
const { user, system } = process.cpuUsage(cpuBefore)
const { status, totalRows } = await context.db.import.findFirstOrThrow({ where: { accountId, id: importId } })
await platform.close()
process.stdout.write(
  `${JSON.stringify({ status, rows: totalRows, seconds, cpu: (user + system) / 1e6, peakMemory: process.resourceUsage().maxRSS * 1024 })}\n`,
)
