/** What the scripts share: steps that show their progress, explain their failure, and are skipped when nothing changed. */
import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'

export const root = fileURLToPath(new URL('../..', import.meta.url))
const stateFile = join(root, 'node_modules/.envoi/prepared.json')

/** A failure that has been explained already: the caller has only to exit. */
export class StepFailed extends Error {}

const seconds = (since) => `${((Date.now() - since) / 1_000).toFixed(1)} s`

/** One line that counts the seconds in a terminal; elsewhere a line now and then, so that a log shows life. */
function showProgress(title) {
  const started = Date.now()
  const terminal = process.stdout.isTTY && !process.env.CI
  if (!terminal) console.log(`· ${title}`)
  const draw = () => {
    if (terminal) process.stdout.write(`\r\x1b[2K· ${title} ${seconds(started)}`)
    else console.log(`  … ${seconds(started)}`)
  }
  if (terminal) draw()
  const timer = setInterval(draw, terminal ? 200 : 15_000)
  return (mark) => {
    clearInterval(timer)
    console.log(`${terminal ? '\r\x1b[2K' : ''}${mark} ${title} (${seconds(started)})`)
  }
}

/** Runs commands one after the other; their output is shown only when one fails. */
export async function step(title, commands) {
  const done = showProgress(title)
  for (const { command, args, env } of commands) {
    const { code, output } = await run(command, args, env)
    if (code === 0) continue
    done('✗')
    console.error(output.trimEnd())
    console.error(`\n${title}: failed. The output of \`${printable(command, args)}\` is above.`)
    throw new StepFailed(title)
  }
  done('✓')
}

function run(command, args, env = {}) {
  return new Promise((resolve) => {
    const child = spawn(command, args, {
      cwd: root,
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
      // npm is a script there, which only a shell can run
      shell: process.platform === 'win32' && command === 'npm',
    })
    let output = ''
    child.stdout.on('data', (chunk) => (output += chunk))
    child.stderr.on('data', (chunk) => (output += chunk))
    child.once('error', (error) => resolve({ code: 1, output: error.message }))
    child.once('close', (code) => resolve({ code, output }))
  })
}

const printable = (command, args) =>
  [command === process.execPath ? 'node' : command, ...args.map((arg) => arg.replace(root, ''))].join(' ')

/** A command that is a JavaScript file, by its path. */
export const script = (path, ...args) => ({ command: process.execPath, args: [join(root, path), ...args] })

/**
 * SHA-256 over paths and contents, so that touching a file or changing branch back and forth rebuilds nothing.
 * `folders` are walked for files that `accept` takes.
 */
export function fingerprint(folders, accept = () => true) {
  const hash = createHash('sha256').update(process.version)
  for (const file of folders.flatMap((folder) => filesUnder(join(root, folder)))) {
    if (!accept(file)) continue
    hash.update(relative(root, file)).update('\0').update(readFileSync(file)).update('\0')
  }
  return hash.digest('hex')
}

function filesUnder(path) {
  if (!existsSync(path)) return []
  if (statSync(path).isFile()) return [path]
  return readdirSync(path, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name))
    .sort()
}

function readState() {
  try {
    return JSON.parse(readFileSync(stateFile, 'utf8'))
  } catch {
    return {}
  }
}

/**
 * Runs a step unless its inputs and outputs are those of its last success. Outputs count too: one that was edited or
 * deleted by hand is made again.
 */
export async function stepUnlessDone(name, { title, inputs, outputs, commands, force = false }) {
  const before = `${inputs()} ${outputs()}`
  if (!force && readState()[name] === before) return false
  await step(title, commands())
  mkdirSync(join(root, 'node_modules/.envoi'), { recursive: true })
  writeFileSync(stateFile, JSON.stringify({ ...readState(), [name]: `${inputs()} ${outputs()}` }, null, 2))
  return true
}

/** Runs a script's main function: one clear line for what was foreseen, a stack only for our own mistakes. */
export async function main(work) {
  try {
    await work()
  } catch (error) {
    if (!(error instanceof StepFailed)) console.error(error)
    process.exitCode = 1
  }
}
