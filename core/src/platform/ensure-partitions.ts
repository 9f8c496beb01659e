import type { Platform } from '../context.ts'

/** Makes the monthly partitions of the high-volume tables for this month and the three to come; returns how many were missing. */
export async function ensurePartitions(platform: Platform): Promise<number> {
  const { rows } = await platform.pool.query<{ made: number }>(
    'select envoi_ensure_partitions($1, 3) as made',
    [platform.clock.now()],
  )
  return rows[0]?.made ?? 0
}
