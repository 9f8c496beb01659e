import { connect, createServer, type Socket } from 'node:net'

export interface TcpProxy {
  /** The same address, through the proxy. */
  url: string
  /** Breaks all connections and refuses new ones, as a server that has died. */
  cut(): Promise<void>
  /** Nothing passes any more, and nobody is told: a cable is out, a process is stopped. Until `cut` and `restore`, or `resume`. */
  silence(): void
  /** All goes on, with what was said meanwhile. */
  resume(): void
  /** The server is back. */
  restore(): Promise<void>
  close(): Promise<void>
}

const defaultPorts: Record<string, number> = { 'postgres:': 5432, 'postgresql:': 5432, 'redis:': 6379 }

/** A stretch of network between a client and a real server, for tests of outages. `delayMs`: so long nothing passes on a new connection. */
export async function startTcpProxy(target: string, { delayMs = 0 } = {}): Promise<TcpProxy> {
  const { protocol, hostname, port } = new URL(target)
  const targetPort = port === '' ? (defaultPorts[protocol] ?? 0) : Number(port)
  const sockets = new Set<Socket>()
  /** Where what a socket says goes to; nowhere for those who came in silence. */
  const peers = new Map<Socket, Socket>()
  let isSilent = false
  const server = createServer((client) => {
    if (isSilent) {
      sockets.add(client)
      client.on('error', () => client.destroy())
      client.on('close', () => sockets.delete(client))
      return
    }
    const upstream = connect(targetPort, hostname)
    for (const [socket, other] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      sockets.add(socket)
      peers.set(socket, other)
      setTimeout(() => !isSilent && socket.pipe(other), delayMs)
      socket.on('error', () => other.destroy())
      socket.on('close', () => {
        sockets.delete(socket)
        peers.delete(socket)
        other.destroy()
      })
    }
  })
  const listen = (onPort: number) =>
    new Promise<void>((resolve) => server.listen(onPort, '127.0.0.1', resolve))
  await listen(0)
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  const url = new URL(target)
  url.host = `127.0.0.1:${address.port}`
  const cut = async () => {
    const closed = new Promise((resolve) => server.close(resolve))
    for (const socket of sockets) socket.destroy()
    await closed
    isSilent = false
  }
  return {
    url: url.href,
    cut,
    silence() {
      isSilent = true
      for (const socket of sockets) socket.unpipe().pause()
    },
    resume() {
      isSilent = false
      for (const socket of sockets) {
        const peer = peers.get(socket)
        if (peer === undefined) socket.destroy()
        else socket.pipe(peer)
      }
    },
    restore: () => listen(address.port),
    close: () => (server.listening ? cut() : Promise.resolve()),
  }
}
