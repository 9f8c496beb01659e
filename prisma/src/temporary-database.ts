import { randomBytes } from 'node:crypto'
import pg from 'pg'

export interface TemporaryDatabase {
  url: string
  drop(): Promise<void>
}

/** An empty database of one's own, beside the one of an address, on the same server. */
export async function createTemporaryDatabase(server: string, prefix: string): Promise<TemporaryDatabase> {
  const name = `${prefix}_${randomBytes(4).toString('hex')}`
  const run = async (sql: string) => {
    const client = new pg.Client({ connectionString: server })
    await client.connect()
    try {
      await client.query(sql)
    } finally {
      await client.end()
    }
  }
  await run(`create database ${name}`)
  const url = new URL(server)
  url.pathname = `/${name}`
  return { url: url.href, drop: () => run(`drop database if exists ${name} with (force)`) }
}
