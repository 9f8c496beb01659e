/**
 * Prisma Migrate without its downloaded binary: the same schema engine, compiled to WebAssembly, speaking to Postgres
 * through Prisma's `pg` driver adapter. It reads and writes the usual `prisma/migrations` folder and the usual
 * `_prisma_migrations` table, so that the Prisma CLI can be used on the same history by anyone who prefers it.
 */
import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { PrismaPg } from '@prisma/adapter-pg'
import { bindMigrationAwareSqlAdapterFactory } from '@prisma/driver-adapter-utils'
import * as bindings from '@prisma/schema-engine-wasm/schema_engine_bg'
import { readSchema, type SchemaFile } from './schema-files.ts'

const noFilter = { externalTables: [], externalEnums: [] }

let loaded: Promise<void> | undefined

async function loadEngine(): Promise<void> {
  const path = createRequire(import.meta.url)
    .resolve('@prisma/schema-engine-wasm')
    .replace(/schema_engine\.js$/, 'schema_engine_bg.wasm')
  const { instance } = await WebAssembly.instantiate(await readFile(path), {
    './schema_engine_bg.js': bindings as unknown as WebAssembly.ModuleImports,
  })
  const glue = bindings as unknown as { __wbg_set_wasm(exports: WebAssembly.Exports): void }
  glue.__wbg_set_wasm(instance.exports)
  const start = instance.exports.__wbindgen_start
  if (typeof start === 'function') start()
}

/** The engine reports a panic through this global before it traps; without it the message would be lost. */
Object.assign(globalThis, {
  PRISMA_WASM_PANIC_REGISTRY: {
    set_message(message: string) {
      throw new Error(`Prisma schema engine: ${message}`)
    },
  },
})

/** The stock adapter cuts scripts at every semicolon, even inside a function's body. Sent whole, a script is also one transaction. */
class WholeScripts extends PrismaPg {
  /** Each with a pool of its own, which the engine never ends: it would keep the database in use for seconds. */
  private readonly opened: { dispose(): Promise<void> }[] = []

  override async connect() {
    const adapter = await super.connect()
    this.opened.push(adapter)
    adapter.executeScript = async (script: string) => {
      await adapter.underlyingDriver().query(script)
    }
    return adapter
  }

  async disconnect() {
    await Promise.all(this.opened.splice(0).map((adapter) => adapter.dispose()))
  }
}

async function withEngine<T>(
  connectionString: string,
  files: SchemaFile[],
  use: (engine: bindings.SchemaEngine) => Promise<T>,
): Promise<T> {
  loaded ??= loadEngine()
  await loaded
  const adapters = new WholeScripts({ connectionString })
  try {
    const datamodels = files.map((file) => [file.path, file.content] as [string, string])
    const engine = await bindings.SchemaEngine.new(
      { datamodels },
      () => undefined,
      bindMigrationAwareSqlAdapterFactory(adapters) as never,
    )
    try {
      return await use(engine)
    } finally {
      engine.free()
    }
  } finally {
    await adapters.disconnect()
  }
}

/** Applies the migrations that the database does not have yet; returns their names. */
export async function applyMigrations(
  connectionString: string,
  migrations: { baseDir: string; names: { name: string; sql: string }[] },
): Promise<string[]> {
  return withEngine(connectionString, await readSchema(), async (engine) => {
    const { appliedMigrationNames } = await engine.applyMigrations({
      migrationsList: {
        baseDir: migrations.baseDir,
        lockfile: { path: 'migration_lock.toml', content: 'provider = "postgresql"\n' },
        shadowDbInitScript: '',
        migrationDirectories: migrations.names.map(({ name, sql }) => ({
          path: name,
          migrationFile: { path: 'migration.sql', content: { tag: 'ok', value: sql } },
        })),
      },
      filters: noFilter,
    })
    return appliedMigrationNames
  })
}

/** The SQL that leads from one schema to another; `null` stands for an empty database. */
export async function diffSchemas(
  connectionString: string,
  from: SchemaFile[] | null,
  to: SchemaFile[],
): Promise<string> {
  return withEngine(connectionString, to, async (engine) => {
    const target = (files: SchemaFile[]) => ({ tag: 'schemaDatamodel' as const, files, configDir: '.' })
    const { stdout } = await engine.diff({
      from: from === null ? { tag: 'empty' } : target(from),
      to: target(to),
      script: true,
      exitCode: null,
      shadowDatabaseUrl: null,
      filters: noFilter,
    } as never)
    return stdout ?? ''
  })
}
