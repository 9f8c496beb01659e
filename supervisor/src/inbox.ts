import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Logger } from '@envoi/core'
import { manageProcess } from './managed-process.ts'
import { portNear } from './ports.ts'

export interface Inbox {
  smtpUrl: string
  /** Of its pages. */
  url: string
  stop(): Promise<void>
}

interface InboxOptions {
  dataDir: string
  ports: { smtp: number; web: number } | undefined
  log: Logger
  onOutput: (line: string, from: string) => void
}

/** A mail catcher: takes all mail, delivers none, shows it on a page. */
export async function openInbox({ dataDir, ports, log, onOutput }: InboxOptions): Promise<Inbox> {
  const folder = join(dataDir, 'inbox')
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const smtp = await portNear(ports?.smtp)
  const web = await portNear(ports?.web)
  const program = fileURLToPath(new URL('../dist/inbox-main.js', import.meta.url))
  const child = await manageProcess({
    name: 'inbox',
    command: [program, folder, String(smtp), String(web)],
    log,
    onOutput,
    quiet: true,
    graceMs: 2_000,
  })
  return { smtpUrl: `smtp://127.0.0.1:${smtp}`, url: `http://127.0.0.1:${web}`, stop: child.stop }
}
