/** Servers in processes of their own, and a load from yet another one: neither shares its event loop with what it measures. */
import { type ChildProcess, fork } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { freePort } from '@envoi/prisma/embedded'

export interface ServerProcess {
  url: string
  pid: number
  /** Resident memory at its highest, in bytes. */
  peakMemory(): Promise<number>
  stop(): Promise<void>
}

/** Starts a script that listens on the port it finds in PORT, and waits until it answers. */
export async function startServer(
  script: string | URL,
  env: Record<string, string>,
  readyPath = '/',
): Promise<ServerProcess> {
  const port = await freePort()
  const url = `http://127.0.0.1:${port}`
  const child = fork(script, {
    env: {
      ...process.env,
      NODE_ENV: 'production',
      LOG_LEVEL: 'warn',
      HOST: '127.0.0.1',
      PORT: String(port),
      API_URL: url,
      ...env,
    },
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  })
  await answering(url + readyPath, child)
  return {
    url,
    pid: child.pid ?? 0,
    peakMemory: () => peakMemoryOf(child.pid ?? 0),
    stop: () =>
      new Promise((resolve) => {
        child.once('exit', () => resolve())
        child.kill('SIGTERM')
      }),
  }
}

async function answering(url: string, child: ChildProcess): Promise<void> {
  for (const deadline = Date.now() + 30_000; Date.now() < deadline; ) {
    if (child.exitCode !== null) throw new Error('the server ended before it answered')
    const ok = await fetch(url, { redirect: 'manual' }).then(
      ({ status }) => status < 500,
      () => false,
    )
    if (ok) return
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  throw new Error('the server did not answer in time')
}

/** What Linux calls VmHWM; 0 elsewhere. */
export async function peakMemoryOf(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '')
  return Number(/VmHWM:\s+(\d+) kB/.exec(status)?.[1] ?? 0) * 1024
}

export interface Load {
  requestsPerSecond: number
  p99: number
  /** Answers that were not as expected. */
  wrong: number
}

/** Loads a URL for some seconds from a process of its own. `rate`: requests a second; as many as possible unless given. */
export function load(options: {
  url: string
  seconds: number
  connections: number
  headers?: Record<string, string>
  rate?: number
  expectedStatus: number
}): Promise<Load> {
  return new Promise((resolve, reject) => {
    const child = fork(new URL('./load-process.js', import.meta.url), {
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    })
    child.once('message', (result) => resolve(result as Load))
    child.once('exit', (code) => code !== 0 && reject(new Error(`the load ended with ${code}`)))
    child.send(options)
  })
}
