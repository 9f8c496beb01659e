import type { RawAnswer } from '../support/request.ts'
import type { Scene } from './make.ts'
import * as make from './make.ts'
import { ask } from './refusal-calls.ts'

/** A test key cannot let go on what was sent for real. */
export async function resumedByTestKey(scene: Scene): Promise<RawAnswer> {
  const { api } = scene.account
  const id = await make.sendingCampaign(scene)
  await api.campaigns.pause(id)
  const { key } = await api.apiKeys.create({ name: 'test', role: 'marketer', mode: 'test' })
  return ask(scene, `/v1/campaigns/${id}/resume`, { method: 'POST', token: key })
}
