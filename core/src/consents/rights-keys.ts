/**
 * What the ledger records besides consents to purposes, under keys that no purpose can have: individual tracking, restriction
 * (GDPR art. 18), objections (art. 21). On these lines `granted` means in force and `withdrawn` lifted.
 */
export const rightsKeys = ['tracking', 'restriction', 'objection.marketing', 'objection.profiling'] as const

export type RightsKey = (typeof rightsKeys)[number]
