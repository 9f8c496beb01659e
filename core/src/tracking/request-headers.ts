/** Names in lower case, as Node gives them. */
export type RequestHeaders = Readonly<Record<string, string | string[] | undefined>>

/** What was sent twice is one list (RFC 9110, section 5.3). */
export function headerOf(headers: RequestHeaders, name: string): string {
  const value = headers[name]
  return (Array.isArray(value) ? value.join(', ') : value) ?? ''
}
