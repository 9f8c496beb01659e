import pg from 'pg'

/**
 * What Postgres says it holds, one sentence per thing: columns with type, nullability and default; keys and checks;
 * indexes; enums. Partitions are left out (they are their parent's), and so are the tables of Prisma itself.
 */
export async function readCatalog(connectionString: string): Promise<string[]> {
  const client = new pg.Client({ connectionString })
  await client.connect()
  try {
    const { rows } = await client.query<{ sentence: string }>(sentences)
    return rows.map((row) => row.sentence)
  } finally {
    await client.end()
  }
}

const sentences = `
  with relation as (
    select oid, relname
    from pg_class
    where relnamespace = 'public'::regnamespace
      and relkind in ('r', 'p')
      and not relispartition
      and relname <> '_prisma_migrations'
  )
  select format('table %s', relname) as sentence
  from relation

  union all
  select format(
    'column %s.%s: %s%s%s',
    relname,
    attname,
    format_type(atttypid, atttypmod),
    case when attnotnull then ' not null' else '' end,
    coalesce(' default ' || pg_get_expr(adbin, adrelid), '')
  )
  from relation
  join pg_attribute on attrelid = relation.oid and attnum > 0 and not attisdropped
  left join pg_attrdef on adrelid = attrelid and adnum = attnum

  union all
  -- n: what Postgres 18 makes of each "not null", said by the column already
  select format('constraint %s on %s: %s', conname, relname, pg_get_constraintdef(pg_constraint.oid))
  from relation
  join pg_constraint on conrelid = relation.oid and contype <> 'n' and conparentid = 0

  union all
  select format('index %s', replace(pg_get_indexdef(indexrelid), ' ON ONLY ', ' ON '))
  from relation
  join pg_index on indrelid = relation.oid

  union all
  select format('enum %s: %s', typname, string_agg(enumlabel, ', ' order by enumsortorder))
  from pg_type
  join pg_enum on enumtypid = pg_type.oid
  where typnamespace = 'public'::regnamespace
  group by typname

  order by sentence`
