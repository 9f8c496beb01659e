import DataLoader from 'dataloader'
import type { Context } from '../context.ts'
import type { ContentSource } from './compile-content.ts'
import { ContentError, RenderTimeoutError } from './content-error.ts'
import {
  type ContentJob,
  type ContentSummary,
  contentKey,
  type Failure,
  type Recipient,
  type Rendering,
} from './content-job.ts'
import type { Asker } from './content-threads.ts'
import type { RenderedContent } from './render-content.ts'

type Runner = Pick<Context, 'contents' | 'accountId' | 'signal' | 'requestId'>

/**
 * Compiles a content and says what is known of it. `fields`: keys of the account's declared fields; `masked`: those that its author sees
 * masked. Throws a ContentError.
 */
export async function inspectContent(
  context: Runner,
  source: ContentSource,
  fields?: readonly string[],
  masked?: readonly string[],
): Promise<ContentSummary> {
  const job = { key: contentKey(source, fields), source, fields, masked, isInspected: true }
  const reply = await context.contents.run(askerOf(context), job)
  if ('failure' in reply) throw errorOf(reply.failure)
  return inspected(reply.summary)
}

/** Compiles a content and renders it for one recipient. Throws a ContentError for what cannot be compiled, or not for this recipient. */
export async function renderForOne(
  context: Runner,
  source: ContentSource,
  recipient: Recipient,
  { fields, only }: Pick<ContentJob, 'fields' | 'only'> = {},
): Promise<RenderedContent & { summary: ContentSummary }> {
  const key = contentKey(source, fields)
  const job = { key, source, fields, only, isInspected: true, recipients: [recipient] }
  const reply = await context.contents.run(askerOf(context), job)
  if ('failure' in reply) throw errorOf(reply.failure)
  const rendered = resultOf(reply.renderings[0])
  if (rendered instanceof Error) throw rendered
  return { ...rendered, summary: inspected(reply.summary) }
}

/** Renders for one of many recipients. Throws a ContentError when it is the recipient's data that cannot be rendered. */
export type Renderer = (recipient: Recipient) => Promise<RenderedContent>

/** Recipients whose messages are rendered in one go: what it takes to ask another thread is shared by them. */
const BATCH = 20

/** For a campaign: what is asked for at once is rendered together. A content that does not compile is nobody's fault among them. */
export function contentRenderer(context: Runner, source: ContentSource): Renderer {
  const key = contentKey(source)
  const asker = askerOf(context)
  const renderAll = async (recipients: readonly Recipient[]): Promise<(RenderedContent | Error)[]> => {
    const done: (RenderedContent | Error)[] = []
    while (done.length < recipients.length) {
      const left = recipients.slice(done.length)
      try {
        const reply = await context.contents.run(asker, { key, source, recipients: left })
        if ('failure' in reply)
          throw new Error('the content of a campaign does not compile', { cause: errorOf(reply.failure) })
        const before = reply.renderings.indexOf('undone')
        done.push(...reply.renderings.slice(0, before === -1 ? undefined : before).map(resultOf))
      } catch (error) {
        if (!(error instanceof ContentError)) throw error
        // the thread was ended, for one of them: one by one, the others are rendered
        if (left.length === 1) done.push(error)
        else for (const recipient of left) done.push(...(await renderAll([recipient])))
      }
    }
    return done
  }
  const loader = new DataLoader(renderAll, { cache: false, maxBatchSize: BATCH })
  return (recipient) => loader.load(recipient)
}

/** What runs without a request is a job. */
const askerOf = ({ accountId, signal, requestId }: Runner): Asker => ({
  accountId,
  signal,
  isPatient: requestId === null,
})

function resultOf(rendering: Rendering | undefined): RenderedContent | Error {
  if (rendering === undefined || rendering === 'undone') return new Error('a content was not rendered')
  return 'failure' in rendering ? errorOf(rendering.failure) : rendering
}

function inspected(summary: ContentSummary | undefined): ContentSummary {
  if (summary === undefined) throw new Error('a content was not inspected')
  return summary
}

function errorOf({ part, message, line, column, isTimeout }: Failure): ContentError {
  return new (isTimeout ? RenderTimeoutError : ContentError)(part, message, { line, column })
}
