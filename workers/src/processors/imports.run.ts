import { runImport as run } from '@envoi/core/imports/run-import'
import type { Processor } from '../processor.ts'

export const runImport: Processor<'imports.run'> = (context, { importId }, { signal, failures }) =>
  run(context, importId, { signal, failures })
