/** Domains of one provider, which passes over dots in the local part. */
const dotless: ReadonlySet<string> = new Set(['gmail.com', 'googlemail.com'])

/**
 * The mailbox behind a normalised address, where it is known how its spellings meet: a tag (`ada+shop@…`, RFC 5233) leads to the same
 * one, and so do dots at Gmail. For counting alone: mail goes to the address as it was written.
 */
export function canonicalMailbox(email: string): string {
  const at = email.lastIndexOf('@')
  const [local = '', domain = ''] = [email.slice(0, at), email.slice(at + 1)]
  const [untagged = ''] = local.split('+')
  // all of a local part that begins with + is a tag
  const mailbox = untagged === '' ? local : untagged
  return dotless.has(domain) ? `${mailbox.replaceAll('.', '')}@gmail.com` : `${mailbox}@${domain}`
}
