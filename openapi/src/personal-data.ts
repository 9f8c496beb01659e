import type { TSchema } from '@sinclair/typebox'
import { isFile, type OperationSpec } from './operation.ts'

/**
 * Where answers show who a person is, by schema and member: to whoever lacks `contacts:reveal` these come masked, empty or null.
 * A test calls whatever answers one of them, and finds what shows a person elsewhere.
 */
export const personalMembers: Record<string, readonly string[]> = {
  ApiKey: ['lastUsedAddress'],
  AuditEvent: ['address'],
  ConsentEvent: ['addressMark'],
  Contact: ['email', 'phone', 'externalId', 'firstName', 'lastName', 'attributes', 'origin.detail'],
  CreatedApiKey: ['lastUsedAddress'],
  Erasure: ['outOfReach.ids'],
  Import: ['origin.detail', 'consents.evidence'],
  Preview: ['subject', 'html', 'text'],
  Restriction: ['source'],
  RotatedApiKey: ['lastUsedAddress'],
  Segment: ['rule'],
  StoredEvidence: ['source', 'text', 'ip', 'url'],
  Suppression: ['value'],
}

/** Files that do, by operation: what of them is personal depends on what was asked for. */
export const personalFiles: ReadonlySet<string> = new Set([
  'auditEvents.export',
  'contacts.export',
  'imports.errors',
])

/** The members of an operation's answers that say who a person is, as `data.email`: lists have no number. */
export function personalPaths({ responses }: OperationSpec): string[] {
  const schemas = Object.values(responses).flatMap((response) => {
    if (response === null) return []
    return isFile(response) ? Object.values(response.file).flatMap(({ schema }) => schema ?? []) : [response]
  })
  return [...new Set(schemas.flatMap((schema) => [...pathsIn(schema, '')]))]
}

function* pathsIn(schema: TSchema, at: string): Iterable<string> {
  const join = (member: string) => (at === '' ? member : `${at}.${member}`)
  for (const member of personalMembers[schema.$id ?? ''] ?? []) yield join(member)
  for (const part of [...(schema.anyOf ?? []), ...(schema.allOf ?? [])] as TSchema[]) yield* pathsIn(part, at)
  if (schema.items !== undefined) yield* pathsIn(schema.items as TSchema, at)
  for (const [name, member] of Object.entries((schema.properties ?? {}) as Record<string, TSchema>))
    yield* pathsIn(member, join(name))
}
