import { Prisma } from '@envoi/prisma'
import { recordAudit } from '../audit/record-audit.ts'
import type { Context } from '../context.ts'
import { invalid } from '../errors.ts'
import { transaction } from '../transaction.ts'
import { type CampaignInput, refuseBoth, resolveParts } from './campaign-parts.ts'
import { getCampaign } from './read-campaigns.ts'

/** Creates a draft. */
export async function createCampaign(
  context: Context,
  input: CampaignInput & { name: string; channel: 'email' | 'sms'; purpose: string; sender: string },
) {
  if (input.channel !== 'email') throw invalid('/channel', 'must be email')
  refuseBoth(input)
  const { name: _, purposeId = '', senderId: __, ...parts } = await resolveParts(context, input)
  const now = context.clock.now()
  return transaction(context, async (tx) => {
    const id = tx.newId()
    await tx.db.campaign.create({
      data: {
        ...tx.scope,
        ...parts,
        id,
        name: input.name,
        channel: input.channel,
        purposeId,
        senderId: input.sender,
        content: input.content == null ? Prisma.DbNull : { ...input.content },
        createdAt: now,
        updatedAt: now,
      },
    })
    await tx.db.campaignList.createMany({
      data: (input.lists ?? []).map((listId) => ({ ...tx.scope, campaignId: id, listId })),
    })
    await recordAudit(tx, { target: { type: 'campaign', id } })
    return getCampaign(tx, id)
  })
}
