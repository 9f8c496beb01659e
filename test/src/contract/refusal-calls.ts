/** The ways to a refusal. */
import { type RawAnswer, type RawRequest, request } from '../support/request.ts'
import type { Scene } from './make.ts'

export type Refusal = (scene: Scene) => Promise<RawAnswer>

export const ask = ({ server, account }: Scene, path: string, options: RawRequest = {}) =>
  request(server.url + path, { token: account.accessToken, ...options })

export const call =
  (method: string, path: string | ((scene: Scene) => Promise<string>), body?: unknown): Refusal =>
  async (scene) =>
    ask(scene, typeof path === 'string' ? path : await path(scene), {
      method,
      body: typeof body === 'function' ? await body(scene) : body,
    })

/** The same request twice, the second time refused. */
export const twice =
  (path: string, body: unknown): Refusal =>
  async (scene) => {
    await ask(scene, path, { body })
    return ask(scene, path, { body })
  }

export const of =
  (root: string, kind: (scene: Scene) => Promise<string>, rest = '') =>
  async (scene: Scene) =>
    `${root}/${await kind(scene)}${rest}`

export const after =
  (prepare: (scene: Scene) => Promise<unknown>, then: Refusal): Refusal =>
  async (scene) => {
    await prepare(scene)
    return then(scene)
  }
