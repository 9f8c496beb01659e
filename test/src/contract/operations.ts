import { type Contract, contract, type OperationSpec } from '@envoi/openapi'

export type OperationId = {
  [R in keyof Contract]: `${R}.${Extract<keyof Contract[R]['operations'], string>}`
}[keyof Contract]

export interface NamedOperation {
  id: OperationId
  operation: OperationSpec
}

/** Every operation of the contract. */
export const allOperations: NamedOperation[] = Object.values(contract).flatMap(({ name, operations }) =>
  Object.entries(operations as Record<string, OperationSpec>).map(([verb, operation]) => ({
    id: `${name}.${verb}` as OperationId,
    operation,
  })),
)

export const isMutation = ({ operation }: NamedOperation) =>
  operation.method !== 'GET' && operation.safe !== true

/** Names of the parameters in a path. */
export const pathParameters = (path: string) =>
  [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name as string)

export const fillPath = (path: string, values: Record<string, string>) =>
  path.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(values[name] ?? 'missing'))
