import { type ErrorCode, errors } from '@envoi/openapi'
import type { FastifyInstance } from 'fastify'

/** `/problems/{code}`: where the `type` of a problem leads. */
export function registerProblemPages(app: FastifyInstance): void {
  app.get<{ Params: { code: string } }>('/problems/:code', async (request, reply) => {
    const { code } = request.params
    if (!Object.hasOwn(errors, code)) return reply.callNotFound()
    const { title, status, help } = errors[code as ErrorCode]
    return reply.type('text/html; charset=utf-8').send(`<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${title}</title>
<style>body{font:1rem/1.6 system-ui,sans-serif;max-width:40rem;margin:3rem auto;padding:0 1rem}code{background:#eee;padding:.1em .3em}</style></head>
<body><main><h1>${title}</h1><p>HTTP ${status}, code <code>${code}</code></p><p>${help.replaceAll('<', '&lt;').replaceAll(/`([^`]+)`/g, '<code>$1</code>')}</p></main></body>
</html>`)
  })
}
