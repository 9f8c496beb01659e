/**
 * What bounds a content. Templates are written by customers and run in a process that many customers share, so every dimension
 * they can grow in has an end. Sizes are in characters. The values leave room for any real mail (a heavy newsletter has some
 * 100,000 characters of HTML, 300 Liquid tokens, ten levels) and keep the worst case well under a second of the event loop.
 */
export const LIMITS = {
  source: { subject: 2_000, mjml: 262_144, html: 262_144, text: 262_144 },
  /**
   * liquidjs takes tokens (each piece of text between two counts as well) off the front of an array, which costs nothing up to
   * some 16,000 and is quadratic above: 10,000 parse in 50 ms, 100,000 in 10 s. A tracked link makes up to four.
   */
  liquidTokens: 1_500,
  links: 500,
  /** One tag or output: bounds the `{% liquid %}` tag, chains of filters and long conditions. */
  liquidTokenLength: 10_000,
  /** All tags and outputs together; analysing their variables is quadratic in it. */
  liquidLength: 65_536,
  liquidDepth: 100,
  /** Time for one part of one message by the clock; a usual one takes less than 0.1 ms, but the machine may be busy with others. */
  renderMs: 500,
  /** liquidjs's count of what filters, ranges and copies allocate: elements and characters. */
  renderMemory: 500_000,
  /** Length of one rendered part. */
  output: 2_097_152,
  /** HTML that MJML expands to; MJML grows some 13 times. */
  compiledHtml: 524_288,
  /** Of elements, in the source. MJML makes some ten elements of one. */
  htmlDepth: 128,
  /** One piece of work of a thread. MJML takes a second for 200 kB, more on a busy machine. */
  jobMs: 8_000,
  /** So long an account has a thread although others wait who have used less. */
  turnMs: 2_000,
  /** To start a thread takes 0.2 s, and to load MJML there 0.7 s. */
  threadStartMs: 15_000,
  threadMemoryMb: 256,
  /** Contents that a thread keeps compiled: a few megabytes each at most. */
  compiledKept: 16,
  /** Pieces of work of an account that wait, and of all: what comes then is refused. */
  waitingOfAccount: 16,
  waitingOfAll: 200,
  /** Time of threads that an account may have used lately (it is forgotten by halves in 30 s) before it is refused while others wait. */
  budgetMs: 10_000,
} as const

/** Gmail shows the first 102 kB of a message's HTML and hides the rest behind a link, the pixel and the unsubscribe link with it. */
export const GMAIL_CLIPPING_BYTES = 102 * 1024
