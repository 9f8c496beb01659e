import type { Context } from '../context.ts'
import { isMissing } from '../files.ts'
import { importFolder } from './upload-file.ts'

/** The API ends a connection that says nothing for a minute: no upload that lives leaves its file alone for so long. */
const abandonedMs = 10 * 60_000

/**
 * The imports that wait for their file while an upload to them is under way. What an upload has left whose process was
 * killed is deleted: nobody else would, before the import is given up a day later.
 */
export async function unfinishedUploads(context: Context): Promise<{ createdAt: Date }[]> {
  const awaiting = await context.db.import.findMany({
    where: { ...context.scope, status: 'awaiting_file' },
    select: { id: true, createdAt: true },
  })
  const unfinished: { createdAt: Date }[] = []
  for (const { id, createdAt } of awaiting) {
    let isUnderWay = false
    for (const key of await filesOf(context, id)) {
      if (await isAbandoned(context, key)) await context.files.delete(key)
      else isUnderWay = true
    }
    if (isUnderWay) unfinished.push({ createdAt })
  }
  return unfinished
}

async function filesOf(context: Context, importId: string): Promise<string[]> {
  const folder = importFolder(context.accountId, importId)
  try {
    const { objects } = await context.files.listAll(folder)
    return [...objects].flatMap((object) => (object.isFile ? [object.key] : []))
  } catch (error) {
    if (isMissing(error)) return []
    throw error
  }
}

/** One that is gone by now was finished or broke off. */
async function isAbandoned(context: Context, key: string): Promise<boolean> {
  try {
    const { lastModified } = await context.files.getMetaData(key)
    return context.clock.now().getTime() - lastModified.getTime() > abandonedMs
  } catch (error) {
    if (isMissing(error)) return true
    throw error
  }
}
