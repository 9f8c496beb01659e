export type Sleep = (milliseconds: number, signal?: AbortSignal) => Promise<void>

/** Waits; rejects with the signal's reason as soon as it is aborted, and leaves no listener behind. */
export const sleep: Sleep = (milliseconds, signal) =>
  new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(signal.reason)
    const end = (settle: () => void) => {
      clearTimeout(timer)
      signal?.removeEventListener('abort', abort)
      settle()
    }
    const abort = () => end(() => reject(signal?.reason))
    const timer = setTimeout(() => end(resolve), milliseconds)
    signal?.addEventListener('abort', abort)
  })
