/** Writes `openapi/openapi.json`. */
import { writeFile } from 'node:fs/promises'
import { buildDocument, contract } from '../index.ts'

await writeFile(
  new URL('../../openapi.json', import.meta.url),
  `${JSON.stringify(buildDocument(contract), null, 2)}\n`,
)
