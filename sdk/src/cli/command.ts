import type { Console } from './console/console.ts'

/** A flag: its form for `util.parseArgs`, and its words for the help. */
export interface Option {
  type: 'string' | 'boolean'
  /** May be given several times. */
  multiple?: true
  short?: string
  /** What stands for its value in the help. */
  value?: string
  choices?: readonly string[]
  describe: string
}
export type Options = Record<string, Option>

export interface Argument {
  optional?: true
  describe: string
}
export type Arguments = Record<string, Argument>

type Value<O extends Option> = O extends { type: 'boolean' }
  ? boolean
  : O extends { choices: readonly (infer Choice)[] }
    ? Choice
    : string
export type Values<O extends Options> = {
  [Name in keyof O]?: O[Name] extends { multiple: true } ? Value<O[Name]>[] : Value<O[Name]>
}
type Given<A extends Arguments> = {
  [Name in keyof A]: A[Name] extends { optional: true } ? string | undefined : string
}

export type Environment = Record<string, string | undefined>

/** All that a command knows of the world. */
export interface CliContext {
  env: Environment
  console: Console
  /** `--url`, when it was given. */
  url: string | undefined
  /** Aborted by Ctrl-C; its reason is an `Interrupted`. */
  signal: AbortSignal
  /** Ends the command as Ctrl-C does. */
  interrupt(): void
  now(): number
}

interface Words {
  /** As it is typed after `envoi`: `keys create`. */
  name: string
  summary: string
  /** Paragraphs of the help. */
  about?: string[]
  /** What can be copied from the help, each after `envoi`. */
  examples?: string[]
}

interface Definition<A extends Arguments, O extends Options> extends Words {
  arguments?: A
  options?: O
  /** Returns the exit code unless it is 0. */
  run(context: CliContext, args: Given<A>, options: Values<O>): Promise<number | undefined>
}

export interface Command extends Words {
  arguments: Arguments
  options: Options
  run(
    context: CliContext,
    args: Record<string, string | undefined>,
    options: Record<string, unknown>,
  ): Promise<number | undefined>
}

/** A command; inside it, arguments and options have the types of their declarations. */
export function command<
  const A extends Arguments = Record<never, never>,
  const O extends Options = Record<never, never>,
>(definition: Definition<A, O>): Command {
  return {
    ...definition,
    arguments: definition.arguments ?? {},
    options: definition.options ?? {},
    // what has been parsed by the declarations has their types
    run: (context, args, options) => definition.run(context, args as Given<A>, options as Values<O>),
  }
}
