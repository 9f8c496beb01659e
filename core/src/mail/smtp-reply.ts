/** A server's answer, reduced to its codes. Its text is never kept: servers repeat addresses in it. */
export interface SmtpReply {
  /** Three digits (RFC 5321 section 4.2); 0 when the line could not be read as a reply. */
  code: number
  /** `class.subject.detail` (RFC 3463), when given and of the same class as the code. */
  enhancedCode: string | null
}

const ENHANCED = /^([245])\.\d{1,3}\.\d{1,3}(?=[ \r\n]|$)/
/** RFC 5321 section 4.5.3.1.5 allows lines of 512 bytes; a server that sends this much without end is broken or hostile. */
const LONGEST_REPLY = 64 * 1024

/** Reads one complete reply line: `250 2.1.5 Ok`. */
export function parseReply(line: string): SmtpReply {
  const code = /^[2-5]\d\d(?=[ -]|\r?$)/.test(line) ? Number(line.slice(0, 3)) : 0
  const enhanced = ENHANCED.exec(line.slice(4))
  const agrees = enhanced !== null && enhanced[1] === line[0] && code !== 0
  return { code, enhancedCode: agrees ? enhanced[0] : null }
}

/** Cuts what a socket delivers into replies: lines of several chunks, several replies in one chunk, multiline replies. */
export class ReplyReader {
  #rest = ''
  #size = 0

  /** The replies completed by this chunk; `null` when the server overflows any sensible reply. */
  read(chunk: Buffer): SmtpReply[] | null {
    const text = this.#rest + chunk.toString('latin1')
    const replies: SmtpReply[] = []
    let start = 0
    for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', start)) {
      // `250-…` announces more lines; the codes of the last line count, and all lines carry the same (section 4.2.1).
      if (text.charCodeAt(start + 3) !== 0x2d) {
        replies.push(parseReply(text.slice(start, end)))
        this.#size = 0
      } else {
        this.#size += end - start
      }
      start = end + 1
    }
    this.#rest = text.slice(start)
    return this.#size + this.#rest.length > LONGEST_REPLY ? null : replies
  }
}
