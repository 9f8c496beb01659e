export type { Limits } from './plugins/limits.ts'
export type { Pressure } from './plugins/pressure.ts'
export type { Timeouts } from './plugins/timeouts.ts'
export { buildServer } from './server.ts'
