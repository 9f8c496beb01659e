import { createEnvoi } from '@envoi/sdk'
import { onTestFinished } from 'vitest'
import { startDnsServer } from '../servers/dns-server.ts'
import { startExtraServer } from '../support/extra-server.ts'
import type { TestAccount, TestServer } from '../support/fixture.ts'

/** A domain of the account, on a server that asks a name server of the test. */
export async function domainOf(server: TestServer, account: TestAccount) {
  const dns = await startDnsServer()
  const asking = await startExtraServer(server.platform, { settings: { dnsServers: [dns.address] } })
  onTestFinished(async () => {
    await asking.close()
    await dns.close()
  })
  const { senderDomains } = createEnvoi({ baseUrl: asking.url, maxRetries: 0 }).with(account.accessToken)
  const domain = await senderDomains.create({ domain: `shop-${server.platform.newId()}.example` })
  const record = (purpose: 'dkim' | 'spf' | 'dmarc') => {
    const found = domain.records.find((one) => one.purpose === purpose)
    if (found === undefined) throw new Error(`no ${purpose} record`)
    return found
  }
  return {
    ...domain,
    dns,
    record,
    publish: (...purposes: ('dkim' | 'spf' | 'dmarc')[]) => {
      for (const purpose of purposes) dns.publish(record(purpose).name, record(purpose).value)
    },
    /** Answers the status of the domain and of each record. */
    async verify() {
      const { status, verifiedBy, records } = await senderDomains.verify(domain.id)
      return [status, verifiedBy, ...records.map((one) => one.status)]
    },
  }
}
