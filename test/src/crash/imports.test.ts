import { test } from '../support/fixture.ts'
import { until } from '../support/until.ts'
import { chance } from './chance.ts'
import { crewOf, untilDone } from './crew.ts'
import { bigFile, expectAllImportedOnce, startImport } from './import-file.ts'

test('an import whose worker is killed again and again takes each row once', {
  timeout: 180_000,
}, async ({ server, account }) => {
  const { platform } = server
  const random = chance('kills during an import')
  const crew = crewOf(platform)
  const file = bigFile(12_000)
  const id = await startImport(account, file)
  const read = () => platform.db.import.findFirstOrThrow({ where: { id } })
  const isOver = async () => (await read()).status === 'completed'

  const instants: [string, () => Promise<boolean>][] = [
    ['it reads the file', async () => (await read()).status === 'running'],
    ['it has read the file', async () => (await read()).stagedAt !== null],
    ['it has merged a part', async () => (await read()).mergedRows > 0],
  ]
  for (const [instant, isReached] of instants) {
    crew.start()
    await until(instant, async () => (await isOver()) || (await isReached()), 60_000)
    await new Promise((resolve) => setTimeout(resolve, random.below(250)))
    await crew.kill()
  }
  crew.start()
  await untilDone(platform, 'the import is over', isOver)
  await expectAllImportedOnce(platform, account, id, file)
})
