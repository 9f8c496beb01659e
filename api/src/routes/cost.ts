import type { FastifyRequest } from 'fastify'
import type { OperationObject } from './document.ts'

export type DeclaredCost = OperationObject['x-cost']

/** What a request asks of the database, by what its operation declares; undefined: as much as most. */
export function costOf({ routeOptions, query }: FastifyRequest): 'light' | 'expensive' | undefined {
  const cost = routeOptions.config.operation?.cost
  if (typeof cost !== 'object') return cost
  const given = query as Record<string, unknown>
  return cost.expensiveWith.some((name) => given[name] !== undefined) ? 'expensive' : undefined
}
