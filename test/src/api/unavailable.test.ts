/** What the database cannot do now is asked for again later: 503 with `Retry-After`, on pages as in the API; and the log says why. */

import { post, stateOf, subscriber } from '../pages/support.ts'
import { expect, test } from '../support/fixture.ts'
import { request } from '../support/request.ts'

const sqlStates = {
  'a full disk': '53100',
  'no memory': '53200',
  'too many connections': '53300',
  recovery: '57P03',
  'a standby': '25006',
  'a statement that was cancelled': '57014',
  'a lock that was not to be had': '55P03',
}

for (const [what, sqlState] of Object.entries(sqlStates))
  test(`${what} (${sqlState}) is unavailable, to programs and to people`, async ({ server, account }) => {
    const { pool } = server.platform
    const ada = await subscriber({ server, account })
    const of = sqlState.toLowerCase()
    await pool.query(`
      create function fail_${of}() returns trigger language plpgsql as $$
      begin raise exception using errcode = '${sqlState}', message = 'ada@example.com'; end $$;
      create trigger fail_${of} before insert on list execute function fail_${of}();
      create trigger fail_${of} before insert on consent_event execute function fail_${of}();`)
    server.logs.length = 0
    const answers = [
      await request(`${server.url}/v1/lists`, { token: account.accessToken, body: { name: what } }),
      await request(ada.links.unsubscribe, { method: 'POST' }),
    ]
    await pool.query(
      `drop trigger fail_${of} on list; drop trigger fail_${of} on consent_event; drop function fail_${of}`,
    )
    expect(answers.map(({ status }) => status)).toEqual([503, 503])
    for (const { headers } of answers) expect(headers.get('retry-after')).toMatch(/^\d+$/)
    expect(answers[0]?.body.code).toBe('unavailable')
    const told = server.logs.filter((line) => line.includes(sqlState))
    expect(told).toHaveLength(2)
    expect(server.logs.filter((line) => line.includes('ada@example.com'))).toEqual([])
    // nothing was done, and the link goes on working
    expect(await stateOf({ server, account }, ada)).toBe('granted')
    expect((await post(ada.links.unsubscribe)).status).toBe(200)
  })
