import { Prisma } from '@envoi/prisma'
import type { ImportKey } from './import-key.ts'

/** Takes the staged rows and the errors behind a line away: the file is about to be read from there again. */
export function clearStaging({ accountId, importId }: ImportKey, line: number): Prisma.Sql {
  return Prisma.sql`
    with rows as (
      delete from import_row where account_id = ${accountId}::uuid and import_id = ${importId}::uuid
    )
    delete from import_error
    where account_id = ${accountId}::uuid and import_id = ${importId}::uuid and line > ${line}`
}

export interface RowError {
  line: number
  code: string
  detail: string
  row: string
  email?: string | null
  phone?: string | null
  externalId?: string | null
}

export function insertErrors({ accountId, importId }: ImportKey, errors: RowError[]): Prisma.Sql {
  const of = <T>(value: (error: RowError) => T) => errors.map(value)
  return Prisma.sql`
    insert into import_error (account_id, import_id, line, code, detail, row, email, phone, external_id)
    select ${accountId}::uuid, ${importId}::uuid, refused.*
    from unnest(
      ${of(({ line }) => line)}::integer[], ${of(({ code }) => code)}::text[], ${of(({ detail }) => detail)}::text[],
      ${of(({ row }) => row)}::text[], ${of(({ email }) => email ?? null)}::text[],
      ${of(({ phone }) => phone ?? null)}::text[], ${of(({ externalId }) => externalId ?? null)}::text[]
    ) as refused`
}

const identities = {
  external_id: { key: Prisma.sql`external_id`, within: Prisma.sql`external_id is not null` },
  email: { key: Prisma.sql`email`, within: Prisma.sql`email is not null` },
  phone: {
    key: Prisma.sql`phone`,
    within: Prisma.sql`phone is not null and email is null and external_id is null`,
  },
}

export const identityKeys = ['external_id', 'email', 'phone'] as const

/** Of several lines about one contact the last one stays; the others become errors. One statement per kind of identity. */
export function refuseRepeated(
  { accountId, importId }: ImportKey,
  identity: (typeof identityKeys)[number],
): Prisma.Sql {
  const { key, within } = identities[identity]
  return Prisma.sql`
    with repeated as (
      select ${key} as key, max(line) as last_line
      from import_row
      where account_id = ${accountId}::uuid and import_id = ${importId}::uuid and ${within}
      group by ${key}
      having count(*) > 1
    ),
    refused as (
      delete from import_row
      using repeated
      where account_id = ${accountId}::uuid and import_id = ${importId}::uuid and ${within}
        and import_row.${key} = repeated.key and line < last_line
      returning line, last_line, raw, email, phone, external_id
    )
    insert into import_error (account_id, import_id, line, code, detail, row, email, phone, external_id)
    select ${accountId}::uuid, ${importId}::uuid, line, 'duplicate_in_file',
      'line ' || last_line || ' is about the same contact', raw, email, phone, external_id
    from refused`
}

/** How far the reading is. Does nothing when the import does not run any more. Who starts over does not go back. */
export function recordReading({ accountId, importId }: ImportKey, rows: number, bytes: number): Prisma.Sql {
  return Prisma.sql`
    update import
    set read_rows = greatest(read_rows, ${rows}), read_bytes = greatest(read_bytes, ${bytes})
    where account_id = ${accountId}::uuid and id = ${importId}::uuid and status = 'running'`
}

/** The whole file is staged: how many rows it had comes from what was staged and what was refused. */
export function markStaged({ accountId, importId }: ImportKey, now: Date): Prisma.Sql {
  return Prisma.sql`
    update import
    set staged_at = ${now}, staged_rows = merged_rows + staged.rows, rejected = refused.rows,
      -- of the rows merged before a crash some were refused while merging: they are among the errors, and counted there
      total_rows = created + updated + unchanged + skipped + staged.rows + refused.rows
    from
      (
        select count(*)::integer as rows from import_row
        where account_id = ${accountId}::uuid and import_id = ${importId}::uuid
      ) as staged,
      (
        select count(*)::integer as rows from import_error
        where account_id = ${accountId}::uuid and import_id = ${importId}::uuid
      ) as refused
    where account_id = ${accountId}::uuid and id = ${importId}::uuid and status = 'running'`
}
