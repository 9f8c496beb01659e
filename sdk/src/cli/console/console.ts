/** Where commands write: results to stdout; progress, questions and messages to stderr. */
import { styleText } from 'node:util'
import type { Failure } from '../failures.ts'
import { printable, printableJson } from './printable.ts'

export interface Console {
  /** `--json` was given: what is on stdout is for programs. */
  json: boolean
  stdin: NodeJS.ReadStream
  stderr: NodeJS.WriteStream
  /** The result: as data with `--json`, else these lines. Nothing in them moves the cursor, whoever wrote it. */
  result(data: unknown, lines: string[]): void
  /** The result as it is, in both modes. */
  text(text: string): void
  /** Messages, to people. */
  note(...lines: string[]): void
  /** A failure: to people, and with `--json` to programs. */
  failure(failure: Failure): void
}

interface Streams {
  stdin: NodeJS.ReadStream
  stdout: NodeJS.WriteStream
  stderr: NodeJS.WriteStream
}

export function createConsole({ stdin, stdout, stderr }: Streams, json: boolean): Console {
  const note = (...lines: string[]) => {
    for (const line of lines) stderr.write(`${printable(line)}\n`)
  }
  return {
    json,
    stdin,
    stderr,
    note,
    text: (text) => stdout.write(text),
    result(data, lines) {
      if (json) stdout.write(`${printableJson(data)}\n`)
      else for (const line of lines) stdout.write(`${printable(line)}\n`)
    },
    failure({ title, details, data, exitCode, stack }) {
      if (json) stdout.write(`${printableJson({ error: { ...data, exitCode } })}\n`)
      stderr.write(`${red(stderr, 'envoi:')} ${printable(title)}\n`)
      note(...details.map((detail) => `  ${detail}`))
      if (stack !== undefined) note(...stack.split('\n').slice(1))
    },
  }
}

/** `hasColors` knows NO_COLOR (no-color.org), FORCE_COLOR and TERM. */
function red(stream: NodeJS.WriteStream, text: string): string {
  return stream.isTTY && stream.hasColors() ? styleText('red', text) : text
}
