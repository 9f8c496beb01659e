import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { open, rm } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, onTestFinished, test } from 'vitest'
import { temporaryFolder } from '../support/temporary-folder.ts'

const MiB = 1024 * 1024

/** Takes uploads slower than they can be read, and says what has come. */
async function slowServer() {
  const received = { bytes: 0, hash: '' }
  const server = createServer(async (request, response) => {
    const hash = createHash('sha256')
    for await (const chunk of request as AsyncIterable<Buffer>) {
      received.bytes += chunk.length
      hash.update(chunk)
    }
    received.hash = hash.digest('hex')
    response.writeHead(202, { 'content-type': 'application/json' }).end('{}')
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, received }
}

/** A file of some size, and its hash. */
async function fileOf(size: number): Promise<{ path: string; hash: string }> {
  const folder = await temporaryFolder('upload')
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  const path = join(folder, 'audience.csv')
  const file = await open(path, 'w')
  const hash = createHash('sha256')
  const block = Buffer.alloc(MiB, 'Email Address,First Name\nada@example.com,Ada\n')
  for (let written = 0; written < size; written += MiB) {
    await file.write(block)
    hash.update(block)
  }
  await file.close()
  return { path, hash: hash.digest('hex') }
}

/** Uploads in a process of its own; MiB it had in memory at most. */
async function peakOfUpload(url: string, path: string): Promise<number> {
  const script = `
    import { createEnvoi } from '@envoi/sdk'
    const [url, path] = process.argv.slice(1)
    await createEnvoi({ baseUrl: url, token: 'x' }).imports.upload('1', { path })
    console.log(process.resourceUsage().maxRSS)`
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ['--input-type=module', '--max-semi-space-size=4', '--eval', script, url, path],
    { cwd: import.meta.dirname },
  )
  return Number(stdout) / 1024
}

test('a file of any size is sent from the disk with the memory of a small one', async () => {
  const { url, received } = await slowServer()
  const [small, large] = [await fileOf(MiB), await fileOf(256 * MiB)]
  const before = await peakOfUpload(url, small.path)
  expect([received.bytes, received.hash]).toEqual([MiB, small.hash])
  received.bytes = 0
  const after = await peakOfUpload(url, large.path)
  expect([received.bytes, received.hash]).toEqual([256 * MiB, large.hash])
  expect(after - before).toBeLessThan(96)
}, 120_000)
