import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'

/**
 * How a running process was started; undefined when there is none with this id. A process id written in a file may be
 * another program's by now: its command line tells.
 */
export function commandLine(pid: number): string | undefined {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim() || undefined
  } catch {
    // no such process, or no /proc: ask ps
  }
  try {
    const stdio: ['ignore', 'pipe', 'ignore'] = ['ignore', 'pipe', 'ignore']
    return (
      execFileSync('ps', ['-o', 'command=', '-p', String(pid)], { encoding: 'utf8', stdio }).trim() ||
      undefined
    )
  } catch {
    return undefined
  }
}
