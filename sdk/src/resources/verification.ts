import { type Api, init, type RequestOptions } from '../api.ts'

export const verification = ({ http, result }: Api) => ({
  /** How far the vetting of the account has come: each step, and its history. */
  get: (options?: RequestOptions) => result(http.GET('/v1/account/verification', init(options))),
})
