/**
 * A bound on silence rather than on length: an attempt ends when nothing was heard for a while, however long a file takes
 * to go through. The caller's signal is followed with a listener that goes when the attempt ends: signals may live as long
 * as the process, and `AbortSignal.any` would keep something of each attempt on them.
 */
export interface Silence {
  signal: AbortSignal
  /** Something happened: the time starts again. Throws when the attempt was aborted: fetch goes on reading a body it no longer sends. */
  heard(): void
  /** The attempt is over. */
  end(): void
}

export function boundSilence(milliseconds: number, caller: AbortSignal | undefined): Silence {
  const controller = new AbortController()
  const expire = () =>
    controller.abort(new DOMException(`nothing was heard for ${milliseconds} ms`, 'TimeoutError'))
  const follow = () => controller.abort(caller?.reason)
  let over = false
  let timer = setTimeout(expire, milliseconds)
  if (caller?.aborted) follow()
  caller?.addEventListener('abort', follow)
  return {
    signal: controller.signal,
    heard() {
      controller.signal.throwIfAborted()
      if (over) return
      clearTimeout(timer)
      timer = setTimeout(expire, milliseconds)
    },
    end() {
      over = true
      clearTimeout(timer)
      caller?.removeEventListener('abort', follow)
    },
  }
}

/** The same stream; each chunk that passes is heard. `ended` is called once, when it is over, failed or was dropped. */
export function heardThrough(
  stream: ReadableStream<Uint8Array>,
  heard: () => void,
  ended: () => void = () => undefined,
): ReadableStream<Uint8Array> {
  const reader = stream.getReader()
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        try {
          const { done, value } = await reader.read()
          heard()
          if (!done) return controller.enqueue(value)
          ended()
          controller.close()
        } catch (error) {
          ended()
          controller.error(error)
          // the source is closed, unless it was what failed
          await reader.cancel(error).catch(() => undefined)
        }
      },
      async cancel(reason) {
        ended()
        await reader.cancel(reason)
      },
    },
    // takes no chunk before it is asked for
    { highWaterMark: 0 },
  )
}
