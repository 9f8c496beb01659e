import { lowestIdAt } from '../ids.ts'

/** The ids that `envoi_message_id` gives to the messages of a campaign that started then: from the first, up to but without the last. */
export function messageIdRange(startedAt: Date): { idFrom: string; idTo: string } {
  return { idFrom: lowestIdAt(startedAt), idTo: lowestIdAt(new Date(startedAt.getTime() + 1)) }
}
