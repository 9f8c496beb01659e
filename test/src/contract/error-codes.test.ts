import { type ErrorCode, type ErrorDefinition, errors } from '@envoi/openapi'
import { describe, expect, test } from '../support/fixture.ts'
import { request } from '../support/request.ts'
import { provocations } from './provocations.ts'

describe('every error code can be provoked, and is answered as a problem that explains itself', () => {
  for (const code of Object.keys(errors) as ErrorCode[]) {
    const { at, retry, provoke } = provocations[code]
    test(code, async ({ server, account }) => {
      const answer = await provoke({ server, account })
      const { status, title } = errors[code]
      expect(answer).toMatchObject({ status, body: { status, title, code } })
      // RFC 6749, section 5.2
      const { oauth }: ErrorDefinition = errors[code]
      const isOAuth = oauth !== undefined
      expect(answer.headers.get('content-type')).toMatch(
        isOAuth ? /^application\/json/ : /^application\/problem\+json/,
      )
      if (isOAuth) expect(answer.body.error).toBe(oauth)
      expect(answer.body.instance).toBe(answer.headers.get('x-request-id'))
      if (at !== undefined) expect(answer.body.errors?.map(({ pointer }) => pointer)).toEqual(at)
      if (retry === true) expect(answer.headers.get('retry-after')).toMatch(/^[1-9]\d*$/)
      if (status === 401)
        expect(answer.headers.get('www-authenticate')).toBe(isOAuth ? 'Basic realm="envoi"' : 'Bearer')

      const type = String(answer.body.type)
      expect(new URL(type).pathname).toBe(`/problems/${code}`)
      const page = await request(type)
      expect(page.status).toBe(200)
      expect(page.headers.get('content-type')).toMatch(/^text\/html/)
      expect(page.text).toContain(`<code>${code}</code>`)
    })
  }

  test('the page of a code that does not exist is not found', async ({ server }) => {
    for (const code of ['nonsense', '__proto__', 'toString'])
      expect((await request(`${server.url}/problems/${code}`)).status).toBe(404)
  })
})
