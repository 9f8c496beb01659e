import { ApiError } from '@envoi/sdk'

/** What a call was refused with: its code, and the fields it points at. Fails when it was not refused. */
export async function refusal(
  call: PromiseLike<unknown>,
): Promise<{ code: string | undefined; at: string[] }> {
  const error = await call.then(
    () => undefined,
    (thrown: unknown) => thrown,
  )
  if (!(error instanceof ApiError)) throw error ?? new Error('the call was not refused')
  return { code: error.code, at: error.errors.map(({ pointer }) => pointer) }
}
