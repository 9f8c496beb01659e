/** What runs in each thread of `createContentThreads`: compiles contents, keeps the latest, renders them. */
import { parentPort, workerData } from 'node:worker_threads'
import type { TokenKeys } from '../tracking/token.ts'
import { type CompiledContent, compileContent } from './compile-content.ts'
import { compileMjml } from './compile-mjml.ts'
import { ContentError, RenderTimeoutError } from './content-error.ts'
import type { ContentJob, ContentReply, Failure, Progress, Rendering } from './content-job.ts'
import { LIMITS } from './limits.ts'
import { computedFromMasked } from './masked-values.ts'
import { renderContent } from './render-content.ts'
import { trackingOf } from './tracking-order.ts'

const { tokens } = workerData as { tokens: TokenKeys }
const say = (message: ContentReply | Progress) => parentPort?.postMessage(message)

interface Kept {
  compiled: CompiledContent
  tracking: ReturnType<typeof trackingOf>
}

/** The latest, the most recently used one last. */
const kept = new Map<string, Kept>()

async function compiledOf({ key, source, fields }: ContentJob): Promise<Kept> {
  const found = kept.get(key)
  const one = found ?? {
    compiled: await compileContent(source, {
      compileMjml: (mjml) => compileMjml(mjml, () => say('mjml-loaded')),
      fields,
    }),
    tracking: trackingOf(tokens),
  }
  kept.delete(key)
  kept.set(key, one)
  for (const oldest of kept.keys()) {
    if (kept.size <= LIMITS.compiledKept) break
    kept.delete(oldest)
  }
  return one
}

/** Until half of the time of a turn is over: others wait, and what is left is asked for again. */
function renderAll({ recipients = [], only }: ContentJob, { compiled, tracking }: Kept): Rendering[] {
  const until = performance.now() + LIMITS.turnMs / 2
  return recipients.map((recipient, index) => {
    if (index > 0 && performance.now() > until) return 'undone'
    try {
      return renderContent(compiled, recipient.scope, tracking(recipient.tracking), only)
    } catch (error) {
      return { failure: failureOf(error) }
    }
  })
}

function failureOf(error: unknown): Failure {
  if (!(error instanceof ContentError)) throw error
  const { part, message, line, column } = error
  return { part, message, line, column, isTimeout: error instanceof RenderTimeoutError }
}

async function reply(job: ContentJob): Promise<ContentReply> {
  let content: Kept
  try {
    content = await compiledOf(job)
  } catch (error) {
    return { failure: failureOf(error) }
  }
  const renderings = renderAll(job, content)
  if (job.isInspected !== true) return { renderings }
  const { subject: _s, html: _h, text: _t, liquid: _l, ...known } = content.compiled
  try {
    const computed = computedFromMasked(job.source, known.htmlSource, job.masked ?? [])
    return { summary: { ...known, computed }, renderings }
  } catch (error) {
    return { failure: failureOf(error) }
  }
}

parentPort?.on('message', (job: ContentJob) => {
  reply(job).then(say, (error: unknown) =>
    say({ crash: error instanceof Error ? (error.stack ?? error.message) : String(error) }),
  )
})
say('ready')
