/** The limit of a read: one prepared statement, its row as JSON. */
import { fastify } from 'fastify'
import pg from 'pg'

const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL, max: 10 })
const app = fastify()
app.get<{ Params: { id: string } }>('/v1/contacts/:id', async ({ params }) => {
  const { rows } = await pool.query({
    name: 'read',
    text: 'select * from contact where id = $1 and account_id = (select id from account limit 1)',
    values: [params.id],
  })
  return rows[0]
})
app.get('/', async () => 'ok')
await app.listen({ port: Number(process.env.PORT), host: '127.0.0.1' })
process.on('SIGTERM', () => process.exit(0))
