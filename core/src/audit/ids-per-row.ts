/** Ids in one audit event: beyond, only how many more there were. */
export const idsPerRow = 1_000
