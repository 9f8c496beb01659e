import { type Api, type FormOf, init, type RequestOptions } from '../api.ts'

// what is undefined is left out, as JSON does
const asForm = (body: object) =>
  new URLSearchParams(Object.entries(body).filter(([, value]) => value !== undefined)).toString()
const form = { 'content-type': 'application/x-www-form-urlencoded' }

/** For other programs; a client with `clientId` and `clientSecret` gets and renews its tokens by itself. */
export const oauth = ({ http, result }: Api) => ({
  /** Gets an access token for an API key. */
  token: (body: FormOf<'oauth.token'>, options?: RequestOptions) => {
    const { headers, ...rest } = init(options)
    return result(
      http.POST('/v1/oauth/token', {
        body,
        bodySerializer: asForm,
        ...rest,
        headers: { ...headers, ...form },
      }),
    )
  },
  /** Ends an access token at once. */
  revoke: (body: FormOf<'oauth.revoke'>, options?: RequestOptions) => {
    const { headers, ...rest } = init(options)
    return result(
      http.POST('/v1/oauth/revoke', {
        body,
        bodySerializer: asForm,
        ...rest,
        headers: { ...headers, ...form },
      }),
    )
  },
})
