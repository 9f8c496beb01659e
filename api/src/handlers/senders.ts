import type { Sender as SenderRow } from '@envoi/core/database'
import { createSender } from '@envoi/core/senders/create-sender'
import { deleteSender } from '@envoi/core/senders/delete-sender'
import { getSender, listSenders } from '@envoi/core/senders/read-senders'
import { updateSender } from '@envoi/core/senders/update-sender'
import { contract } from '@envoi/openapi'
import { created, noContent, ok, page } from '../routes/answers.ts'
import { implement } from '../routes/implement.ts'

export const sendersHandlers = implement(contract.senders, {
  create: async ({ body }, context) => {
    const sender = await createSender(context, body)
    return created(`/v1/senders/${sender.id}`, presentSender(sender), sender)
  },
  list: async ({ query }, context) => page(await listSenders(context, query), presentSender),
  get: async ({ params }, context) => {
    const sender = await getSender(context, params.senderId)
    return ok(presentSender(sender), sender)
  },
  update: async ({ params, body, ifMatch }, context) => {
    const sender = await updateSender(context, params.senderId, body, ifMatch)
    return ok(presentSender(sender), sender)
  },
  delete: async ({ params }, context) => {
    await deleteSender(context, params.senderId)
    return noContent()
  },
})

function presentSender(sender: SenderRow) {
  return {
    id: sender.id,
    email: sender.email,
    name: sender.name,
    replyTo: sender.replyTo,
    senderDomain: sender.senderDomainId,
    createdAt: sender.createdAt.toISOString(),
    updatedAt: sender.updatedAt.toISOString(),
  }
}
