import { resolve } from 'node:path'
import { Disk } from 'flydrive'
import { FSDriver } from 'flydrive/drivers/fs'

/** Where imports, exports and archives are kept: a disk by default. Keys are `<account>/<kind>/<id>`. */
export type Files = Disk

export function diskFiles(dataDir: string): Files {
  return new Disk(new FSDriver({ location: resolve(dataDir, 'files'), visibility: 'private' }))
}
