import { V7Generator } from 'uuidv7'
import type { Clock } from './context.ts'

/** UUIDv7 (RFC 9562) by the given clock, increasing within a process: sorting by id is sorting by time. */
export function idGenerator(clock: Clock): () => string {
  const generator = new V7Generator()
  // tolerates a clock that jumps back by up to an hour without losing order; beyond, it follows the clock
  return () => generator.generateOrResetCore(clock.now().getTime(), 3_600_000).toString()
}

/** When a UUIDv7 was made. */
export function timeOfId(id: string): Date {
  return new Date(Number.parseInt(id.replaceAll('-', '').slice(0, 12), 16))
}

/** The lowest UUIDv7 that can be made at an instant: ids made before it are below. */
export function lowestIdAt(instant: Date): string {
  const time = Math.max(0, instant.getTime()).toString(16).padStart(12, '0')
  return `${time.slice(0, 8)}-${time.slice(8)}-7000-8000-000000000000`
}
