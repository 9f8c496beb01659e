import { createInterface } from 'node:readline/promises'
import { Writable } from 'node:stream'
import { text } from 'node:stream/consumers'
import type { CliContext } from '../command.ts'
import { UsageError } from '../failures.ts'

interface Question {
  /** What is typed does not show. */
  secret?: boolean
  /** What to do where there is no terminal to ask on. */
  instead: string
}

/** Asks on the terminal, on stderr: stdout may be going into a file. */
export async function ask(
  { console: { stdin, stderr }, signal, interrupt }: CliContext,
  question: string,
  { secret = false, instead }: Question,
): Promise<string> {
  if (!stdin.isTTY) throw new UsageError(`There is no terminal to ask for “${question}” on`, [instead])
  // readline shows what is typed by writing it to its output
  const output = secret ? new Writable({ write: (_chunk, _encoding, written) => written() }) : stderr
  const lines = createInterface({ input: stdin, output, terminal: true, historySize: 0 })
  // a terminal in raw mode sends Ctrl-C as a character
  lines.on('SIGINT', interrupt)
  const ended = new AbortController()
  lines.once('close', () => ended.abort(new UsageError('The input ended before the answer')))
  try {
    if (secret) stderr.write(`${question} `)
    const either = AbortSignal.any([signal, ended.signal])
    return await lines.question(secret ? '' : `${question} `, { signal: either }).catch((error: unknown) => {
      throw either.aborted ? either.reason : error
    })
  } finally {
    lines.close()
    if (secret) stderr.write('\n')
  }
}

/** All of stdin, without the end of its last line. */
export async function readSecret({ console: { stdin } }: CliContext): Promise<string> {
  return (await text(stdin)).replace(/\r?\n$/, '')
}
