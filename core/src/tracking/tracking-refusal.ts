/**
 * Has the person said no in their browser? By `DNT: 1` (W3C Tracking Preference Expression) or Global Privacy Control (`Sec-GPC: 1`). Then
 * nothing may be recorded: no identifier, no event, not even hints.
 *
 * Both specifications know one form, a lone `1`. A proxy that adds what the browser has sent already makes a list of it; software
 * that takes the header for a structured field (RFC 9651) writes a boolean, a string or parameters; DNT was once followed by
 * extensions. In all of them somebody has said no, and a form that nobody foresaw must not undo it. So these say no, wherever
 * they stand in a list:
 *
 * | form                       | as                                            |
 * | -------------------------- | --------------------------------------------- |
 * | `1`, `1, 1`, `0, 1`        | alone, or once in a list                      |
 * | `?1`                       | a boolean of structured fields                |
 * | `"1"`                      | a string of structured fields                 |
 * | `1;x`, `?1; a=b`, `1 x`    | with parameters, or with more behind a space  |
 * | `1xyz`                     | DNT with extensions (drafts until 2012)       |
 * | `true`, `yes`, `on`        | in any case                                   |
 *
 * `0`, `?0`, nothing, and `10`, which is another number, do not. Each character is read a bounded number of times.
 */
import { headerOf, type RequestHeaders } from './request-headers.ts'

export function isTrackingRefused(headers: RequestHeaders): boolean {
  return saysNo(headerOf(headers, 'dnt')) || saysNo(headerOf(headers, 'sec-gpc'))
}

const words: ReadonlySet<string> = new Set(['true', 'yes', 'on'])

const saysNo = (value: string) => value.split(',').some(isNo)

function isNo(member: string): boolean {
  const [item = ''] = member.trim().split(/[;\s]/, 1)
  const bare = item.replace(/^[?"']/, '').toLowerCase()
  return /^1(?!\d)/.test(bare) || words.has(bare)
}
