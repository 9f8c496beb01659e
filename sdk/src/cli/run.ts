import { createRequire } from 'node:module'
import { parseArgs } from 'node:util'
import type { CliContext, Command, Options } from './command.ts'
import { commands } from './commands.ts'
import type { Console } from './console/console.ts'
import { failureOf, UsageError } from './failures.ts'
import { helpOf, overview } from './help.ts'
import { everywhere } from './options.ts'

interface World extends Pick<CliContext, 'env' | 'signal' | 'interrupt' | 'now'> {
  consoleFor(json: boolean): Console
}

/** Runs a command line; returns the exit code. */
export async function run(argv: string[], { consoleFor, ...world }: World): Promise<number> {
  const console = consoleFor(argv.includes('--json'))
  try {
    return await dispatch(argv, console, world)
  } catch (error) {
    const failure = failureOf(error)
    console.failure(failure)
    return failure.exitCode
  }
}

async function dispatch(argv: string[], console: Console, world: Omit<World, 'consoleFor'>): Promise<number> {
  const { values, positionals } = parseArgs({
    args: argv,
    options: everywhere,
    strict: false,
    allowPositionals: true,
  })
  const words = positionals[0] === 'help' ? positionals.slice(1) : positionals
  const wantsHelp = values.help === true || positionals[0] === 'help'
  if (values.version === true && words.length === 0) {
    const { version } = createRequire(import.meta.url)('../../package.json') as { version: string }
    console.result({ version }, [version])
    return 0
  }
  const command = commandNamed(words)
  if (command === undefined) return withoutCommand(words, wantsHelp, console)
  if (wantsHelp) {
    console.text(helpOf(command))
    return 0
  }
  const { args, options } = parseFor(command, argv)
  const context: CliContext = { ...world, console, url: options.url as string | undefined }
  return (await command.run(context, args, options)) ?? 0
}

/** `keys create`, or else `import`. */
function commandNamed([first, second]: string[]): Command | undefined {
  return (
    commands.find(({ name }) => name === `${first} ${second}`) ?? commands.find(({ name }) => name === first)
  )
}

function withoutCommand(words: string[], wantsHelp: boolean, console: Console): number {
  const [first] = words
  const group = commands.filter(({ name }) => name.startsWith(`${first} `))
  if (first !== undefined && group.length === 0)
    throw new UsageError(`There is no command ${first}`, ['`envoi --help` lists them'])
  const text = overview(group.length > 0 ? group : commands)
  if (wantsHelp) {
    console.text(text)
    return 0
  }
  console.note(...text.trimEnd().split('\n'))
  if (words.length > 1) throw new UsageError(`There is no command ${first} ${words[1]}`)
  return 2
}

function parseFor(command: Command, argv: string[]) {
  const options: Options = { ...command.options, ...everywhere }
  const { values, positionals } = parseStrictly(argv, options)
  for (const [name, { choices }] of Object.entries(options)) {
    const value = values[name]
    if (choices !== undefined && typeof value === 'string' && !choices.includes(value))
      throw new UsageError(`--${name} is one of ${choices.join(', ')}`)
  }
  const given = positionals.slice(command.name.split(' ').length)
  const names = Object.entries(command.arguments)
  if (given.length > names.length)
    throw new UsageError(`${given[names.length]} is one argument too many`, [`envoi ${command.name} --help`])
  const missing = names.find(([, { optional }], index) => optional !== true && given[index] === undefined)
  if (missing !== undefined)
    throw new UsageError(`<${missing[0]}> is missing`, [`envoi ${command.name} --help`])
  return { args: Object.fromEntries(names.map(([name], index) => [name, given[index]])), options: values }
}

function parseStrictly(args: string[], options: Options) {
  try {
    return parseArgs({ args, options, allowPositionals: true })
  } catch (error) {
    if (error instanceof TypeError) throw new UsageError(error.message)
    throw error
  }
}
