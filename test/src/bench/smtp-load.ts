/**
 * Postfix's own pair of test programs: `smtp-sink` takes messages and throws them away, `smtp-source` makes them as fast as
 * a program in C can. What reaches the sink by the one and by us is compared.
 */
import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { connect } from 'node:net'
import { promisify } from 'node:util'
import { freePort } from '@envoi/prisma/embedded'

const folders = ['/usr/sbin', '/usr/lib/postfix/sbin', '/usr/local/sbin', '/opt/homebrew/sbin']
const programOf = (name: string) =>
  folders.map((folder) => `${folder}/${name}`).find((path) => existsSync(path))
const sink = programOf('smtp-sink')
const source = programOf('smtp-source')

export const hasSmtpLoad = sink !== undefined && source !== undefined

export interface Sink {
  url: string
  /** Messages per second that `smtp-source` hands over, of so many bytes each, on so many connections. */
  limit(messages: number, bytes: number, connections: number): Promise<number>
  stop(): Promise<void>
}

export async function startSink(): Promise<Sink> {
  const port = await freePort()
  const address = `inet:127.0.0.1:${port}`
  const asUser = process.getuid?.() === 0 ? ['-u', 'nobody'] : []
  const child = spawn(sink ?? '', [...asUser, address, '1000'], { stdio: 'ignore' })
  await accepting(port, child)
  return {
    url: `smtp://127.0.0.1:${port}`,
    async limit(messages, bytes, connections) {
      const start = performance.now()
      await promisify(execFile)(source ?? '', [
        ...['-d', '-s', String(connections), '-m', String(messages), '-l', String(bytes)],
        ...['-f', 'news@envoi.example', '-t', 'someone@example.com', address],
      ])
      return messages / ((performance.now() - start) / 1000)
    },
    stop: () =>
      new Promise((resolve) => {
        child.once('exit', () => resolve())
        child.kill('SIGKILL')
      }),
  }
}

async function accepting(port: number, child: ChildProcess): Promise<void> {
  for (const deadline = Date.now() + 10_000; Date.now() < deadline; ) {
    if (child.exitCode !== null) throw new Error('smtp-sink ended at once')
    const open = await new Promise<boolean>((resolve) => {
      const socket = connect(port, '127.0.0.1', () => {
        socket.destroy()
        resolve(true)
      })
      socket.once('error', () => resolve(false))
    })
    if (open) return
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
  throw new Error('smtp-sink does not answer')
}
