import { loginLookup, unprovenLookup } from '../access/login-lookup.ts'
import { inAccount, type RequestContext } from '../context.ts'
import { enqueue } from '../jobs/enqueue.ts'
import { platformAccount } from '../jobs/schedules.ts'
import { sealReset } from './sealed-reset.ts'

/**
 * Somebody has forgotten a password. The request does the same whoever it is about, known or not: it leaves a job. So neither the answer
 * nor its time tells who has a login. The job holds no address: a keyed hash of it, and of the client what the audit log will
 * need, both encrypted.
 */
export async function requestReset(context: RequestContext, { email }: { email: string }): Promise<void> {
  const lookup = Buffer.from(loginLookup(context.keys, email)).toString('hex')
  const unproven = Buffer.from(unprovenLookup(context.keys, email)).toString('hex')
  const { requestId, address, userAgent, action } = context
  const sealed = sealReset(context.keys, { lookup, unproven, requestId, address, userAgent, action })
  const platform = inAccount(context, platformAccount, { type: 'system', id: null })
  await enqueue(platform, 'passwords.reset', { sealed }, { dedupeKey: lookup })
}
