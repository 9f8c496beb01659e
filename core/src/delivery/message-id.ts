/** The ids that `envoi_message_id` gives to the messages of a campaign that started then: from the first, up to but without the last. */
export function messageIdRange(startedAt: Date): { idFrom: string; idTo: string } {
  return { idFrom: firstId(startedAt.getTime()), idTo: firstId(startedAt.getTime() + 1) }
}

/** The smallest UUIDv7 of a millisecond (RFC 9562, section 5.7). */
function firstId(milliseconds: number): string {
  const hex = milliseconds.toString(16).padStart(12, '0')
  return `${hex.slice(0, 8)}-${hex.slice(8)}-7000-8000-000000000000`
}
