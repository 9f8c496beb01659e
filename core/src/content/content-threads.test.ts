import { afterEach, expect, test } from 'vitest'
import { createTokenKeys } from '../tracking/token.ts'
import { RenderTimeoutError } from './content-error.ts'
import { type ContentThreads, createContentThreads } from './content-threads.ts'
import { contentRenderer, inspectContent } from './run-content.ts'

const tokens = createTokenKeys(1, [[1, Buffer.alloc(32, 7)]])
/** Runs into its limit, half a second, in each part. */
const slow = '{% assign many = (1..3000) %}{% for i in many %}{% for j in many %}{% endfor %}{% endfor %}'
const slowForSome = `{% if contact.firstName == "Slow" %}${slow}{% endif %}Hello {{ contact.firstName }}`

let contents: ContentThreads
afterEach(() => contents.close())

const inspect = (accountId: string, text: string, requestId: string | null = 'r') =>
  inspectContent({ contents, accountId, requestId }, { subject: 'x', text })
const recipient = (firstName: string) => ({
  scope: { contact: { firstName }, account: {}, unsubscribeUrl: '', preferencesUrl: '', viewUrl: '' },
  tracking: { mode: 'off' } as const,
})

test('work that has had its turn gives way to that of an account which has used less', async () => {
  contents = createContentThreads({ tokens, threads: 1, turnMs: 50 })
  await inspect('modest', 'first')
  const settled: string[] = []
  const note = (what: string) => () => settled.push(what)
  const greedy = inspect('greedy', slow)
  const refused = expect(greedy).rejects.toMatchObject({ code: 'rate_limited' })
  greedy.catch(note('greedy'))
  await inspect('modest', 'second').then(note('modest'))
  await refused
  expect(settled).toEqual(['greedy', 'modest'])
})

test('of a job too, which is then to be tried again', async () => {
  contents = createContentThreads({ tokens, threads: 1, turnMs: 50 })
  await inspect('modest', 'first')
  const refused = expect(inspect('greedy', slow, null)).rejects.toThrow(RenderTimeoutError)
  await inspect('modest', 'second')
  await refused
})

test('while nobody waits, it may go on to its limit', async () => {
  contents = createContentThreads({ tokens, threads: 1, turnMs: 50 })
  await expect(inspect('greedy', slow)).rejects.toThrow('template render limit exceeded')
})

test('a recipient whose data ends the thread is alone in not getting a message', async () => {
  contents = createContentThreads({ tokens, threads: 1, timeLimitMs: 400 })
  const render = contentRenderer(
    { contents, accountId: 'one', requestId: null },
    { subject: 'x', text: slowForSome },
  )
  await render(recipient('Zoë'))
  const results = await Promise.allSettled(['Ada', 'Slow', 'Grace'].map((name) => render(recipient(name))))
  expect(results).toMatchObject([
    { status: 'fulfilled', value: { text: 'Hello Ada' } },
    { status: 'rejected', reason: expect.any(RenderTimeoutError) },
    { status: 'fulfilled', value: { text: 'Hello Grace' } },
  ])
})

test('one small piece of work waits for one of a dozen heavy ones, whatever they take', async () => {
  contents = createContentThreads({ tokens, threads: 1 })
  await inspect('modest', 'first')
  const order: string[] = []
  const heavy = Array.from({ length: 12 }, (_, index) =>
    inspect('greedy', `${index} ${slow}`).catch((error: Error) => order.push(error.message)),
  )
  await inspect('modest', 'second')
  // none was refused at once: what was under way had its time, and ran into its limit
  expect(order).toEqual(['template render limit exceeded'])
  await contents.close()
  await Promise.all(heavy)
})

test('what a content does with masked values is found in the thread', async () => {
  contents = createContentThreads({ tokens, threads: 1 })
  const context = { contents, accountId: 'one', requestId: 'r' }
  const told = await inspectContent(
    context,
    { subject: '{{ contact.email | size }}', text: 'x' },
    [],
    ['email'],
  )
  expect(told.computed).toEqual([
    { part: 'subject', name: 'contact.email', how: 'computes with contact.email' },
  ])
  const unmasked = await inspectContent(context, { subject: '{{ contact.email | size }}', text: 'x' }, [])
  expect(unmasked.computed).toEqual([])
})

test('what was given up is not begun', async () => {
  contents = createContentThreads({ tokens, threads: 1 })
  const first = inspect('one', slow)
  const leave = new AbortController()
  const second = inspectContent(
    { contents, accountId: 'one', requestId: 'r', signal: leave.signal },
    { subject: 'x', text: 'second' },
  )
  leave.abort()
  await expect(second).rejects.toMatchObject({ code: 'unavailable' })
  await expect(first).rejects.toThrow('limit exceeded')
})
