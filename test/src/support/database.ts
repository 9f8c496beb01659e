import { randomBytes } from 'node:crypto'
import { inject } from 'vitest'
import { databaseUrl, onServer } from './global-setup.ts'

export interface TestDatabase {
  url: string
  /** Nobody waits until it is gone: that takes a checkpoint, seconds on a server that syncs. What is left goes with the run. */
  drop(): Promise<void>
}

/** A migrated database of one's own: a clone of the template, on the server that the whole run shares. */
export function createTestDatabase(): Promise<TestDatabase> {
  return create(inject('template').name)
}

/** A database without a table. */
export function createEmptyDatabase(): Promise<TestDatabase> {
  return create('template1')
}

async function create(from: string): Promise<TestDatabase> {
  const template = inject('template')
  const name = `${template.name}_${randomBytes(4).toString('hex')}`
  await onServer(template.server, (client) => client.query(`create database ${name} template ${from}`))
  return {
    url: databaseUrl(template.server, name),
    async drop() {
      onServer(template.server, (client) =>
        client.query(`drop database if exists ${name} with (force)`),
      ).catch(() => undefined)
    },
  }
}
