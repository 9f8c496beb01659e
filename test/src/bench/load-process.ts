import autocannon from 'autocannon'

process.once('message', async (message) => {
  const { url, seconds, connections, headers, rate, expectedStatus } = message as {
    url: string
    seconds: number
    connections: number
    headers?: Record<string, string>
    rate?: number
    expectedStatus: number
  }
  const result = await autocannon({
    url,
    duration: seconds,
    connections,
    pipelining: 1,
    headers,
    ...(rate === undefined ? {} : { overallRate: rate }),
  })
  const byStatus = result.statusCodeStats as Record<string, { count?: number }>
  const answered = Object.values(byStatus).reduce((sum, { count = 0 }) => sum + count, 0)
  const right = byStatus[expectedStatus]?.count ?? 0
  process.send?.(
    {
      requestsPerSecond: answered / result.duration,
      p99: result.latency.p99,
      wrong: answered - right + result.errors,
    },
    () => process.exit(0),
  )
})
