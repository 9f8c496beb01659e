import { execFileSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'

/** Processes that work for a data folder: their environment or their command names it. */
export function processesOf(folder: string): string[] {
  // not every Linux has `ps`, and nothing else has /proc
  const all = existsSync('/proc/self/environ') ? fromProc() : fromPs()
  return all.filter((line) => line.includes(folder))
}

function fromProc(): string[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((pid) => `${pid} ${read(`/proc/${pid}/cmdline`)} ${read(`/proc/${pid}/environ`)}`)
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8').replaceAll('\0', ' ')
  } catch {
    return '' // gone, or somebody else's
  }
}

function fromPs(): string[] {
  const options = { encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 } as const
  return execFileSync('ps', ['axeww', '-o', 'pid=,command='], options).split('\n')
}
