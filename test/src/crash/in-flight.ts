import { onTestFinished } from 'vitest'
import type { MailServer } from '../servers/smtp-server.ts'
import type { TestServer } from '../support/fixture.ts'
import { until } from '../support/until.ts'

/** Connections that one worker process has, and no more messages on the wire. */
export const connections = 20

/** A mail server that takes its time, until the test is over: so that there is a middle to hit. */
export function slowDown(mail: MailServer, delayMs: number): void {
  onTestFinished(mail.misbehave({}, { at: 'end', delayMs }))
}

export interface HeldMail {
  /** Addresses of the messages on the wire. */
  inFlight: string[]
  /** The server takes them, and cuts the connections without an answer: they end `unknown`. */
  cut(): void
}

/** From now on the mail server gives no answer to whole messages, until all connections wait for one: nothing else can leave. */
export function holdMail({ platform }: TestServer, mail: MailServer, campaignId: string): Promise<HeldMail> {
  const undo = mail.misbehave({ times: connections }, { at: 'end', hang: true, keep: true })
  onTestFinished(undo)
  const before = mail.received.length
  return until(
    'all connections wait',
    async () => {
      const sending = await platform.db.message.count({ where: { campaignId, state: 'sending' } })
      if (sending < connections || mail.received.length < before + connections) return null
      return {
        inFlight: mail.received.slice(before).flatMap(({ to }) => to),
        cut: () => mail.dropConnections(),
      }
    },
    60_000,
  )
}
