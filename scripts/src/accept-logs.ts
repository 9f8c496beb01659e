/** `npm run logs:accept -- --as-they-are`: after a restore, takes the sealed logs as they are. */
import { runWorkerProgram } from './worker-program.ts'

await runWorkerProgram('accept-logs')
