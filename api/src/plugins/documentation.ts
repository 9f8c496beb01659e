import fastifySwagger from '@fastify/swagger'
import fastifySwaggerUi from '@fastify/swagger-ui'
import type { FastifyInstance } from 'fastify'
import type { OpenApiDocument } from '../routes/document.ts'

/** The contract at `/openapi.json`, and a reference page at `/docs`. */
export async function registerDocumentation(app: FastifyInstance, document: OpenApiDocument): Promise<void> {
  await app.register(fastifySwagger, { mode: 'static', specification: { document: document as never } })
  await app.register(fastifySwaggerUi, {
    routePrefix: '/docs',
    staticCSP: true,
    // where TLS ends is the business of whoever runs it: on plain HTTP the page would load nothing
    transformStaticCSP: (policy) => policy.replace(/upgrade-insecure-requests;?/, ''),
    theme: {
      title: 'Envoi API',
      css: [{ filename: 'envoi.css', content: '.swagger-ui .topbar { display: none }' }],
    },
    uiConfig: { docExpansion: 'none', displayRequestDuration: true },
  })
  app.get('/openapi.json', async () => app.swagger())
}
