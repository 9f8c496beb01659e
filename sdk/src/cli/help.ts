import type { Command, Options } from './command.ts'
import { exitCodes } from './exit-codes.ts'
import { everywhere } from './options.ts'

const environment = {
  ENVOI_URL: 'the server; without it that of your session, else http://127.0.0.1:8080',
  ENVOI_API_KEY: 'an API key, used in place of your session',
  ENVOI_OPERATOR_TOKEN: "the operator's token, for `accounts`",
  NO_COLOR: 'no colours',
}

/** All commands, or those of a group. */
export function overview(commands: readonly Command[]): string {
  return text([
    'envoi <command> [flags]',
    section(
      'Commands',
      commands.map((command) => [`${command.name} ${argumentsOf(command)}`.trim(), command.summary]),
    ),
    section('Flags of every command', flagsOf(everywhere)),
    section('Environment', Object.entries(environment)),
    section('Exit codes', Object.entries(exitCodes)),
    '`envoi <command> --help` explains one.',
  ])
}

export function helpOf(command: Command): string {
  const flags = flagsOf(command.options)
  return text([
    `envoi ${command.name} ${argumentsOf(command)}`.trim() + (flags.length > 0 ? ' [flags]' : ''),
    `${command.summary}.`,
    ...(command.about ?? []),
    section(
      'Arguments',
      Object.entries(command.arguments).map(([name, { describe }]) => [`<${name}>`, describe]),
    ),
    section('Flags', flags),
    section('Flags of every command', flagsOf(everywhere)),
    section(
      'Examples',
      (command.examples ?? []).map((example) => [`envoi ${example}`, '']),
    ),
    section('Exit codes', Object.entries(exitCodes)),
  ])
}

function argumentsOf({ arguments: declared }: Command): string {
  return Object.entries(declared)
    .map(([name, { optional }]) => (optional === true ? `[<${name}>]` : `<${name}>`))
    .join(' ')
}

function flagsOf(options: Options): [string, string][] {
  return Object.entries(options).map(([name, { type, value, short, choices, multiple, describe }]) => {
    const shown = choices?.join('|') ?? `<${value ?? 'text'}>`
    const flag = `${short === undefined ? '' : `-${short}, `}--${name}${type === 'string' ? ` ${shown}` : ''}`
    return [flag, multiple === true ? `${describe}; may be repeated` : describe]
  })
}

function section(title: string, rows: [string, string][]): string | undefined {
  if (rows.length === 0) return undefined
  const width = Math.min(Math.max(...rows.map(([left]) => left.length)), 36)
  const lines = rows.map(([left, right]) =>
    left.length > width && right !== ''
      ? `  ${left}\n  ${' '.repeat(width)}  ${right}`
      : `  ${left.padEnd(width)}  ${right}`.trimEnd(),
  )
  return [`${title}:`, ...lines].join('\n')
}

const text = (parts: (string | undefined)[]) => `${parts.filter((part) => part !== undefined).join('\n\n')}\n`
