/**
 * What a refusal means (RFC 5321 section 4.2, RFC 3463, RFC 7505, RFC 7372).
 *
 * The first digit says whether to try again. Who is to blame is subtler, and matters: a *hard* bounce ends the life of an
 * address, so it is pronounced only where the server says that the address itself does not work. Everything that has to
 * do with policy (x.7.x: authentication, reputation, content filters) blames the sender, never the address; and a
 * refusal of the sender (`MAIL FROM`) or of the session cannot speak of the recipient at all.
 */
import type { Deferred, DeferredReason, Failed, FailedReason, Outcome } from './outcome.ts'
import type { SmtpReply } from './smtp-reply.ts'

/** The command that was refused; `final` is the answer to the final dot. */
export type SmtpStep = 'mail' | 'rcpt' | 'data' | 'final'

/**
 * 5xx that complain about the session and not about the message: bad sequence (503), authentication or TLS wanted (530,
 * 534, 535, 538). They come from settings that an operator can mend, so the message waits instead of being lost.
 */
const SESSION_REFUSALS = new Set([503, 530, 534, 535, 538])

/** Sorts the refusal of a message. A code outside 4xx and 5xx is a server that does not follow the protocol. */
export function classifyRefusal(step: SmtpStep, reply: SmtpReply): Outcome {
  const { code, enhancedCode } = reply
  if (SESSION_REFUSALS.has(code)) return { kind: 'deferred', code, enhancedCode, reason: 'session_refused' }
  if (code >= 500 && code < 600) return classifyPermanent(step, reply)
  if (code >= 400 && code < 500)
    return { kind: 'deferred', code, enhancedCode, reason: deferredReason(reply) }
  if (step === 'final')
    return { kind: 'unknown', code: code || null, enhancedCode, reason: 'protocol_error_after_data' }
  return { kind: 'deferred', code: code || null, enhancedCode, reason: 'protocol_error' } satisfies Deferred
}

function deferredReason({ code, enhancedCode }: SmtpReply): DeferredReason {
  if (code === 421) return 'service_unavailable'
  if (enhancedCode === '4.2.2') return 'mailbox_full'
  switch (enhancedCode?.split('.')[1]) {
    case '3':
      return 'system_deferred'
    case '4':
      return 'routing_deferred'
    case '7':
      return 'policy_deferred'
  }
  return code === 451 || code === 452 ? 'system_deferred' : 'temporarily_refused'
}

type Verdict = Pick<Failed, 'bounce' | 'reason'>

const BY_ENHANCED_CODE: Readonly<Record<string, Verdict>> = {
  '5.1.1': { bounce: 'hard', reason: 'mailbox_unknown' },
  '5.1.2': { bounce: 'hard', reason: 'domain_unknown' },
  '5.1.3': { bounce: 'hard', reason: 'address_invalid' },
  '5.1.6': { bounce: 'hard', reason: 'mailbox_unknown' },
  '5.1.7': { bounce: 'other', reason: 'sender_rejected' },
  '5.1.8': { bounce: 'other', reason: 'sender_rejected' },
  '5.1.10': { bounce: 'hard', reason: 'domain_unknown' },
  '5.2.1': { bounce: 'hard', reason: 'mailbox_disabled' },
  '5.2.2': { bounce: 'other', reason: 'mailbox_full' },
  '5.2.3': { bounce: 'other', reason: 'message_too_large' },
  '5.3.4': { bounce: 'other', reason: 'message_too_large' },
}

const BY_SUBJECT: Readonly<Record<string, FailedReason>> = {
  '4': 'routing_failed',
  '5': 'message_rejected',
  '6': 'content_rejected',
}

/** Answers to RCPT without an enhanced code: RFC 5321 section 4.2.3 ties these to the mailbox. */
const BY_RCPT_CODE: Readonly<Record<number, Verdict>> = {
  550: { bounce: 'hard', reason: 'mailbox_unavailable' },
  551: { bounce: 'hard', reason: 'mailbox_unavailable' },
  552: { bounce: 'other', reason: 'mailbox_full' },
  553: { bounce: 'hard', reason: 'address_invalid' },
}

function classifyPermanent(step: SmtpStep, { code, enhancedCode }: SmtpReply): Failed {
  return { kind: 'failed', code, enhancedCode, ...permanentVerdict(step, code, enhancedCode) }
}

function permanentVerdict(step: SmtpStep, code: number, enhancedCode: string | null): Verdict {
  const subject = enhancedCode?.split('.')[1] ?? '0'
  if (subject === '7') return { bounce: 'policy', reason: 'policy_rejected' }
  if (step === 'mail') {
    const tooLarge = code === 552 || enhancedCode === '5.3.4'
    return { bounce: 'other', reason: tooLarge ? 'message_too_large' : 'sender_rejected' }
  }
  const exact = enhancedCode === null ? undefined : BY_ENHANCED_CODE[enhancedCode]
  if (exact) return exact
  // A subject that says more than "undefined" is believed over the basic code.
  const bySubject = BY_SUBJECT[subject]
  if (bySubject) return { bounce: 'other', reason: bySubject }
  if (step === 'rcpt' && (subject === '0' || subject === '1')) {
    return BY_RCPT_CODE[code] ?? { bounce: 'other', reason: 'message_rejected' }
  }
  return {
    bounce: 'other',
    reason: step === 'final' && code === 552 ? 'message_too_large' : 'message_rejected',
  }
}
