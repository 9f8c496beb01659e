/** `npm run archive:open -- <accountId> <file>`: writes the archive of a closed account as a tar. */
import { runWorkerProgram } from './worker-program.ts'

await runWorkerProgram('open-archive')
