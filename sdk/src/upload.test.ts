import { getEventListeners } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { expect, test } from 'vitest'
import { ConnectionError, ServerError } from './errors.ts'
import { answer, hangUp, patientApi, problem, scriptedServer } from './testing/scripted-server.ts'
import type { FileSource } from './upload.ts'

const path = '/v1/imports/1/file'
const csv = { 'content-type': 'text/csv' }

async function onDisk(content: string) {
  const folder = await mkdtemp(join(tmpdir(), 'envoi-sdk-'))
  const file = join(folder, 'contacts.csv')
  await writeFile(file, content)
  return { file, remove: () => rm(folder, { recursive: true }) }
}

test('a file is sent whatever it is given as', async () => {
  const { file, remove } = await onDisk('a,b\n')
  const sources: FileSource[] = [
    'a,b\n',
    new TextEncoder().encode('a,b\n'),
    new Blob(['a,b\n']),
    new Blob(['a,b\n']).stream(),
    Readable.from([Buffer.from('a,'), Buffer.from('b\n')]),
    { path: file },
  ]
  const server = await scriptedServer(...sources.map(() => answer(202, {})))
  const { api } = patientApi(server.url)
  for (const source of sources) await api.upload(path, source, csv)
  await remove()
  expect(server.seen.map(({ body }) => body)).toEqual(sources.map(() => 'a,b\n'))
  expect(server.seen[0]).toMatchObject({
    method: 'PUT',
    url: path,
    headers: { 'content-type': 'text/csv', authorization: 'Bearer the-token' },
  })
})

test('a file is sent once: neither a broken connection nor a busy server makes it start again', async () => {
  const server = await scriptedServer(hangUp, problem(503, 'unavailable'))
  const { api, waits } = patientApi(server.url)
  await expect(api.upload(path, 'a,b\n', csv)).rejects.toBeInstanceOf(ConnectionError)
  await expect(api.upload(path, 'a,b\n', csv)).rejects.toBeInstanceOf(ServerError)
  expect([server.seen.length, waits]).toEqual([2, []])
})

test('a file that is not there is said before anything is sent', async () => {
  const server = await scriptedServer()
  const { api } = patientApi(server.url)
  await expect(api.upload(path, { path: '/nowhere/contacts.csv' }, csv)).rejects.toMatchObject({
    code: 'ENOENT',
  })
  expect(server.seen).toEqual([])
})

test('an upload lasts longer than the timeout as long as it goes on', async () => {
  const server = await scriptedServer(answer(202, {}))
  const { api } = patientApi(server.url, { timeout: 1_500 })
  async function* slowly() {
    for (let chunk = 0; chunk < 8; chunk++) {
      await new Promise((resolve) => setTimeout(resolve, 220))
      yield new TextEncoder().encode(`${chunk}\n`)
    }
  }
  await api.upload(path, slowly(), csv)
  expect(server.seen[0]?.body).toBe('0\n1\n2\n3\n4\n5\n6\n7\n')
})

test('a stream is read as fast as it is sent, and closed when the upload is aborted', async () => {
  const megabyte = new Uint8Array(1024 * 1024)
  let given = 0
  let closed = false
  async function* endless() {
    try {
      for (; given < 1_000; given++) yield megabyte
    } finally {
      closed = true
    }
  }
  const controller = new AbortController()
  let arrived = false
  const server = await scriptedServer()
  server.server.removeAllListeners('request')
  server.server.on('request', (request) => {
    // takes one chunk, then no more
    request.once('data', () => {
      request.pause()
      arrived = true
    })
  })
  const { api } = patientApi(server.url)
  const upload = api.upload(path, endless(), csv, { signal: controller.signal })
  // until nothing moves any more
  for (let still = 0, before = 0; !arrived || still < 1_000; ) {
    await new Promise((turn) => setImmediate(turn))
    still = given === before ? still + 1 : 0
    before = given
  }
  expect(given).toBeLessThan(40)
  controller.abort(new Error('enough'))
  await expect(upload).rejects.toThrow('enough')
  await expect.poll(() => closed).toBe(true)
  expect(given).toBeLessThan(40)
})

test('aborting while a file comes down breaks it off, and the signal is let go', async () => {
  const controller = new AbortController()
  const server = await scriptedServer((response) => {
    response.writeHead(200, { 'content-type': 'text/csv' }).write('line,code\n')
  })
  const { api } = patientApi(server.url)
  const { data } = await api.http.GET('/v1/templates/{templateId}/export', {
    params: { path: { templateId: '1' } },
    parseAs: 'stream',
    callerSignal: controller.signal,
  })
  const reader = (data as ReadableStream<Uint8Array>).getReader()
  expect((await reader.read()).value).toBeDefined()
  const next = reader.read()
  controller.abort(new Error('enough'))
  await expect(next).rejects.toThrow('enough')
  expect(getEventListeners(controller.signal, 'abort')).toEqual([])
})

test('a file may come down for longer than the timeout, but not stand still for as long', async () => {
  const server = await scriptedServer(async (response) => {
    response.writeHead(200, { 'content-type': 'text/csv' })
    for (let line = 0; line < 8; line++) {
      response.write(`${line}\n`)
      await new Promise((resolve) => setTimeout(resolve, 220))
    }
    // and then nothing
  })
  const { api } = patientApi(server.url, { timeout: 1_500 })
  const { data } = await api.http.GET('/v1/templates/{templateId}/export', {
    params: { path: { templateId: '1' } },
    parseAs: 'stream',
  })
  let received = ''
  const decoder = new TextDecoder()
  const reading = (async () => {
    for await (const chunk of data as unknown as AsyncIterable<Uint8Array>) received += decoder.decode(chunk)
  })()
  await expect(reading).rejects.toMatchObject({ name: 'TimeoutError' })
  expect(received).toBe('0\n1\n2\n3\n4\n5\n6\n7\n')
})
