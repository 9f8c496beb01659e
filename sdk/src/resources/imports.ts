import { type Api, type BodyOf, init, type QueryOf, type RequestOptions, type Schemas } from '../api.ts'
import type { FileSource } from '../upload.ts'
import type { WaitOptions } from '../wait-for.ts'

export interface UploadOptions extends RequestOptions {
  /** The file is compressed. */
  gzip?: boolean
}

export interface ImportWaitOptions extends WaitOptions {
  /** Called with what each look at it has shown. */
  onProgress?: (now: Schemas['Import']) => void
}

export const imports = ({ http, result, list, upload, waitFor }: Api) => {
  const get = (importId: string, options?: RequestOptions) =>
    result(http.GET('/v1/imports/{importId}', { params: { path: { importId } }, ...init(options) }))
  return {
    create: (body: BodyOf<'imports.create'>, options?: RequestOptions) =>
      result(http.POST('/v1/imports', { body, ...init(options) })),
    /** Sends the file, in one attempt however long it takes: after a failure, `get` tells whether it has arrived. */
    upload: async (
      importId: string,
      file: FileSource,
      { gzip = false, ...options }: UploadOptions = {},
    ): Promise<Schemas['Import']> => {
      const headers = {
        'content-type': 'application/octet-stream',
        ...(gzip ? { 'content-encoding': 'gzip' } : {}),
      }
      const path = `/v1/imports/${encodeURIComponent(importId)}/file`
      const response = await upload(path, file, headers, options)
      return (await response.json()) as Schemas['Import']
    },
    list: (query: QueryOf<'imports.list'> = {}, options?: RequestOptions) =>
      list('/v1/imports', { query }, options),
    get,
    /** The rejected rows, as a stream of CSV: `new Response(stream).text()` reads it whole. */
    errors: (importId: string, options?: RequestOptions) =>
      result(
        http.GET('/v1/imports/{importId}/errors', {
          params: { path: { importId } },
          parseAs: 'stream',
          ...init(options),
        }),
      ),
    cancel: (importId: string, options?: RequestOptions) =>
      result(
        http.POST('/v1/imports/{importId}/cancel', { params: { path: { importId } }, ...init(options) }),
      ),
    /** Waits until the import has ended. A failed or cancelled one is returned as well: look at `status`. */
    waitFor: (importId: string, { onProgress, ...options }: ImportWaitOptions = {}) =>
      waitFor(
        async (request) => {
          const now = await get(importId, request)
          onProgress?.(now)
          return now
        },
        ({ status }) => ended.has(status),
        options,
      ),
  }
}

const ended = new Set(['completed', 'failed', 'cancelled'])
