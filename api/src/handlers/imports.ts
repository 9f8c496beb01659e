import { type Context, DomainError } from '@envoi/core'
import { type Masked, maskImport } from '@envoi/core/contacts/mask'
import type { Import as ImportRow } from '@envoi/core/database'
import { cancelImport } from '@envoi/core/imports/cancel-import'
import { createImport } from '@envoi/core/imports/create-import'
import { importProgress } from '@envoi/core/imports/import-progress'
import { readImportErrors } from '@envoi/core/imports/read-import-errors'
import { getImport, listImports } from '@envoi/core/imports/read-imports'
import { uploadImportFile } from '@envoi/core/imports/upload-file'
import { contract, importFileLimit } from '@envoi/openapi'
import { accepted, created, ok, page } from '../routes/answers.ts'
import { implement } from '../routes/implement.ts'

export const importsHandlers = implement(contract.imports, {
  create: async ({ body }, context) => {
    const row = await createImport(context, body)
    const uploadUrl = `${context.settings.apiUrl}/v1/imports/${row.id}/file`
    return created(`/v1/imports/${row.id}`, { ...presentImport(context, row), uploadUrl })
  },
  upload: async ({ params, upload, uploadType, encoding = 'identity' }, context) => {
    if (encoding !== 'identity' && encoding !== 'gzip')
      throw new DomainError('unsupported_media_type', { detail: 'Content-Encoding is gzip, or none.' })
    const gzip = encoding === 'gzip' || uploadType === 'application/gzip'
    const file = { content: upload, gzip, limit: importFileLimit }
    const row = await uploadImportFile(context, params.importId, file)
    return accepted(`/v1/imports/${row.id}`, presentImport(context, row))
  },
  list: async ({ query }, context) =>
    page(await listImports(context, query), (row) => presentImport(context, row)),
  get: async ({ params }, context) => ok(presentImport(context, await getImport(context, params.importId))),
  errors: async ({ params }, context) =>
    ok({
      contentType: 'text/csv; charset=utf-8; header=present',
      content: await readImportErrors(context, params.importId),
      fileName: `import-${params.importId}-errors.csv`,
    }),
  cancel: async ({ params }, context) => {
    const row = await cancelImport(context, params.importId)
    return accepted(`/v1/imports/${row.id}`, presentImport(context, row))
  },
})

function presentImport(context: Context, row: ImportRow) {
  return presentMasked(maskImport(context, row))
}

function presentMasked(row: Masked<ImportRow>) {
  const { origin, consents, created, updated, unchanged, skipped, rejected } = row
  return {
    id: row.id,
    status: row.status,
    format: row.format as 'csv',
    columns: row.columns as Record<string, string>,
    delimiter: row.delimiter,
    encoding: row.encoding,
    onConflict: row.onConflict as 'update',
    dryRun: row.dryRun,
    origin: origin as { source: string },
    consents: consents as never[],
    lists: row.lists,
    progress: importProgress(row),
    counts: { created, updated, unchanged, skipped, rejected },
    outdatedConsents: row.outdatedConsents,
    failure: row.failure as { code: string; detail: string; line: number | null } | null,
    createdAt: row.createdAt.toISOString(),
    startedAt: row.startedAt?.toISOString() ?? null,
    finishedAt: row.finishedAt?.toISOString() ?? null,
  }
}
