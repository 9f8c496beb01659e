import { getEventListeners } from 'node:events'
import { expect, test } from 'vitest'
import { sleep } from './sleep.ts'

test('it waits for as long as asked, and leaves nothing on the signal', async () => {
  const { signal } = new AbortController()
  const started = performance.now()
  await sleep(20, signal)
  expect(performance.now() - started).toBeGreaterThan(15)
  expect(getEventListeners(signal, 'abort')).toEqual([])
})

test('aborting ends the wait at once, with the reason', async () => {
  const controller = new AbortController()
  const sleeping = sleep(60_000, controller.signal)
  controller.abort(new Error('enough'))
  await expect(sleeping).rejects.toThrow('enough')
  await expect(sleep(60_000, controller.signal)).rejects.toThrow('enough')
})
