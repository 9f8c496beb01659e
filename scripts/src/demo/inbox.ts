/** Reads the mail catcher as recipients read their mail. */
export interface CaughtMail {
  to: string
  subject: string
  html: string
  /** The https address in `List-Unsubscribe`. */
  unsubscribeUrl: string | undefined
}

interface Summary {
  id: string
  to: { address: string }[]
}

export interface Inbox {
  /** How many messages it holds. */
  count(): Promise<number>
  /** The mail of an address; waits until it is there. */
  mailOf(address: string): Promise<CaughtMail>
}

export function openInbox(url: string): Inbox {
  const read = async <T>(path: string): Promise<T> => (await (await fetch(`${url}${path}`)).json()) as T
  return {
    count: async () => (await read<{ total: number }>('/api/email/summary?limit=1')).total,
    async mailOf(address) {
      const found = await read<{ items: Summary[] }>(
        `/api/email/summary?limit=50&search=${encodeURIComponent(address)}`,
      )
      const summary = found.items.find(({ to }) =>
        to.some((recipient) => recipient.address.toLowerCase() === address),
      )
      if (summary === undefined) throw new Error(`No mail for ${address} in the inbox`)
      const { subject, html } = await read<{ subject: string; html: string }>(`/api/email/${summary.id}`)
      const source = await (await fetch(`${url}/api/email/${summary.id}/source`)).text()
      // long headers are folded (RFC 5322, section 2.2.3)
      const lines = source.replace(/\r?\n[ \t]+/g, '').split('\n')
      const [, unsubscribeUrl] =
        lines.map((line) => /^List-Unsubscribe: ?<([^>]+)>/i.exec(line)).find((found) => found !== null) ?? []
      return { to: address, subject, html, unsubscribeUrl }
    },
  }
}
