/** A file to send: its text or bytes, a stream of them (a Web stream, or a Node one), or where it is on disk. */
export type FileSource =
  | string
  | Uint8Array
  | Blob
  | ReadableStream<Uint8Array>
  | AsyncIterable<Uint8Array>
  | { path: string }

/** Any file as a stream that is read as fast as it is sent, and no faster. */
export async function streamOf(file: FileSource): Promise<ReadableStream<Uint8Array>> {
  if (file instanceof ReadableStream) return file
  if (typeof file === 'string' || file instanceof Uint8Array) return new Blob([file as BlobPart]).stream()
  if (file instanceof Blob) return file.stream()
  if (Symbol.asyncIterator in file) return fromIterable(file)
  // opened before anything is sent: a file that is not there is said in its own words
  const { open } = await import('node:fs/promises')
  return fromIterable((await open(file.path)).createReadStream())
}

function fromIterable(chunks: AsyncIterable<Uint8Array>): ReadableStream<Uint8Array> {
  const iterator = chunks[Symbol.asyncIterator]()
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        const { done, value } = await iterator.next()
        if (done) controller.close()
        else controller.enqueue(value)
      },
      async cancel() {
        await iterator.return?.()
      },
    },
    { highWaterMark: 0 },
  )
}
