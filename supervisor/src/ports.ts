import { connect, createServer } from 'node:net'
import { freePort } from '@envoi/prisma/embedded'

/** Why a server cannot listen there now, as a code of the system; undefined when it can. */
export async function listenProblem(port: number, host = '127.0.0.1'): Promise<string | undefined> {
  return new Promise((resolve) => {
    const server = createServer()
    server.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message))
    server.listen({ port, host, exclusive: true }, () => server.close(() => resolve(undefined)))
  })
}

/** The port one would like, else a free one. */
export async function portNear(wanted: number | undefined): Promise<number> {
  return wanted !== undefined && (await listenProblem(wanted)) === undefined ? wanted : freePort()
}

/** Why nothing answers there; undefined when something does. */
export async function unreachable(url: string, defaultPort: number): Promise<string | undefined> {
  const { hostname, port } = new URL(url)
  return new Promise((resolve) => {
    const socket = connect({ host: hostname.replace(/^\[|\]$/g, ''), port: Number(port) || defaultPort })
    socket.setTimeout(5_000, () => socket.destroy(Object.assign(new Error(), { code: 'ETIMEDOUT' })))
    socket.once('connect', () => socket.end(() => resolve(undefined)))
    socket.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message))
  })
}
