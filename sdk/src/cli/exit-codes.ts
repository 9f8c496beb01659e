/** What the exit code says; the help and the documentation are compared with it. */
export const exitCodes = {
  0: 'done',
  1: 'failed: a rule refuses it, an import failed, a log does not verify',
  2: 'usage: the command line is not right, and nothing was sent',
  3: 'not logged in, or not permitted',
  4: 'not found',
  5: 'conflict with what is there, or it has changed since',
  6: 'the server is away or busy: the same command may succeed later',
  130: 'interrupted by Ctrl-C',
} as const

export type ExitCode = keyof typeof exitCodes

/** For an answer of the API. */
export function exitCodeOf(status: number): ExitCode {
  if (status === 401 || status === 403) return 3
  if (status === 404) return 4
  if (status === 409 || status === 412) return 5
  return status === 429 || status >= 500 ? 6 : 1
}
