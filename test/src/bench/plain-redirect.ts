/** The limit of the redirect: a Fastify that answers 302 and does nothing else. */
import { fastify } from 'fastify'

const app = fastify({ routerOptions: { maxParamLength: 4_096 } })
app.get('/c/:token', async (_request, reply) =>
  reply.code(302).header('location', 'https://shop.example/').send(),
)
app.get('/', async () => 'ok')
await app.listen({ port: Number(process.env.PORT), host: '127.0.0.1' })
process.on('SIGTERM', () => process.exit(0))
