export type { Limits } from './plugins/limits.ts'
export { buildServer } from './server.ts'
