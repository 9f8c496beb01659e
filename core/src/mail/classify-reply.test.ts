import { describe, expect, test } from 'vitest'
import { classifyRefusal, type SmtpStep } from './classify-reply.ts'
import { parseReply } from './smtp-reply.ts'

const classify = (step: SmtpStep, line: string) => classifyRefusal(step, parseReply(line))

describe('a permanent refusal', () => {
  const hard: [SmtpStep, string, string][] = [
    ['rcpt', '550 5.1.1 x', 'mailbox_unknown'],
    ['final', '550 5.1.1 x', 'mailbox_unknown'],
    ['rcpt', '550 5.1.2 x', 'domain_unknown'],
    ['rcpt', '553 5.1.3 x', 'address_invalid'],
    ['rcpt', '556 5.1.10 x', 'domain_unknown'],
    ['rcpt', '550 5.2.1 x', 'mailbox_disabled'],
    ['rcpt', '550 x', 'mailbox_unavailable'],
    ['rcpt', '550 5.0.0 x', 'mailbox_unavailable'],
  ]
  test.each(hard)('of %s with %j blames the address: %s', (step, line, reason) => {
    expect(classify(step, line)).toMatchObject({ kind: 'failed', bounce: 'hard', reason })
  })

  test('by policy (x.7.x) never blames the address, whatever the code and the step', () => {
    for (const step of ['mail', 'rcpt', 'data', 'final'] as const) {
      for (const code of [550, 551, 552, 553, 554]) {
        expect(classify(step, `${code} 5.7.1 x`)).toMatchObject({ kind: 'failed', bounce: 'policy' })
        expect(classify(step, `${code} 5.7.26 x`)).toMatchObject({
          bounce: 'policy',
          reason: 'policy_rejected',
        })
      }
    }
  })

  test('of the sender or of the content never blames the address', () => {
    for (const line of ['550 x', '553 x', '550 5.1.1 x', '553 5.1.8 x']) {
      expect(classify('mail', line)).toMatchObject({ bounce: 'other', reason: 'sender_rejected' })
    }
    for (const line of ['550 x', '554 x', '552 x', '554 5.6.0 x', '550 5.3.4 x']) {
      expect(classify('final', line)).toMatchObject({ kind: 'failed', bounce: 'other' })
    }
    expect(classify('rcpt', '554 x')).toMatchObject({ bounce: 'other', reason: 'message_rejected' })
  })

  test('of a full mailbox is not the end of the address', () => {
    expect(classify('rcpt', '552 5.2.2 x')).toMatchObject({ bounce: 'other', reason: 'mailbox_full' })
    expect(classify('rcpt', '552 x')).toMatchObject({ bounce: 'other', reason: 'mailbox_full' })
  })
})

describe('a refusal that will pass', () => {
  test.each([
    ['421 4.3.2 x', 'service_unavailable'],
    ['450 4.2.0 x', 'temporarily_refused'],
    ['450 x', 'temporarily_refused'],
    ['451 4.7.1 x', 'policy_deferred'],
    ['452 4.2.2 x', 'mailbox_full'],
    ['451 4.4.1 x', 'routing_deferred'],
    ['452 4.3.1 x', 'system_deferred'],
    ['451 x', 'system_deferred'],
  ])('%j defers the message: %s', (line, reason) => {
    expect(classify('rcpt', line)).toMatchObject({ kind: 'deferred', reason })
  })

  test('includes those of a session badly set up, which an operator can mend', () => {
    for (const line of ['530 5.7.0 x', '535 5.7.8 x', '503 5.5.1 x']) {
      expect(classify('mail', line)).toMatchObject({ kind: 'deferred', reason: 'session_refused' })
    }
  })
})

test('an answer that is none leaves the message deferred before the final dot, unknown after it', () => {
  expect(classify('data', '250 x')).toMatchObject({ kind: 'deferred', reason: 'protocol_error' })
  expect(classify('final', '354 x')).toMatchObject({
    kind: 'unknown',
    code: 354,
    reason: 'protocol_error_after_data',
  })
  expect(classify('final', 'what?')).toMatchObject({ kind: 'unknown', code: null })
})
