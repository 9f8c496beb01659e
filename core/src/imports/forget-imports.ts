import { asSystem, type Context } from '../context.ts'
import { cancelImport } from './cancel-import.ts'

/** How long the rejected rows of an import can be read after its end: they hold personal data. */
const errorsKeptDays = 30
/** How long an import waits for its file. */
const awaitingDays = 1

const day = 86_400_000

/**
 * Forgets what imports need not keep: cancels those whose file does not come (with what an interrupted upload may have left),
 * and deletes rejected rows some time after the end. Looks at all accounts, and works in each.
 */
export async function forgetImports(platform: Context): Promise<{ awaiting: number; errors: number }> {
  const before = (days: number) => new Date(platform.clock.now().getTime() - days * day)
  const awaiting = await platform.db.import.findMany({
    where: { status: 'awaiting_file', createdAt: { lt: before(awaitingDays) } },
    select: { accountId: true, id: true },
  })
  for (const { accountId, id } of awaiting) {
    const context = asSystem(platform, accountId, platform.action)
    await cancelImport(context, id).catch(ignoreEnded)
  }
  const { count: errors } = await platform.db.importError.deleteMany({
    where: { import: { finishedAt: { lt: before(errorsKeptDays) } } },
  })
  return { awaiting: awaiting.length, errors }
}

/** Its file came at the last moment. */
function ignoreEnded(error: unknown): void {
  if ((error as { code?: string }).code !== 'import_ended') throw error
}
