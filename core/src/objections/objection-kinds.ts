/** GDPR art. 21(2), which stops all marketing; and to profiling. */
export const objectionKinds = ['marketing', 'profiling'] as const

export type ObjectionKind = (typeof objectionKinds)[number]
