import type { List as ListRow } from '@envoi/core/database'
import { addMembers, removeMembers } from '@envoi/core/lists/change-members'
import { createList } from '@envoi/core/lists/create-list'
import { deleteList } from '@envoi/core/lists/delete-list'
import { getList, listLists } from '@envoi/core/lists/read-lists'
import { updateList } from '@envoi/core/lists/update-list'
import { contract } from '@envoi/openapi'
import { created, noContent, ok, page } from '../routes/answers.ts'
import { implement } from '../routes/implement.ts'

export const listsHandlers = implement(contract.lists, {
  create: async ({ body }, context) => {
    const list = await createList(context, body)
    return created(`/v1/lists/${list.id}`, presentList(list), list)
  },
  list: async ({ query }, context) => page(await listLists(context, query), presentList),
  get: async ({ params }, context) => {
    const list = await getList(context, params.listId)
    return ok(presentList(list), list)
  },
  update: async ({ params, body, ifMatch }, context) => {
    const list = await updateList(context, params.listId, body, ifMatch)
    return ok(presentList(list), list)
  },
  delete: async ({ params }, context) => {
    await deleteList(context, params.listId)
    return noContent()
  },
  addMembers: async ({ params, body }, context) => ok(await addMembers(context, params.listId, body)),
  removeMembers: async ({ params, body }, context) => ok(await removeMembers(context, params.listId, body)),
})

function presentList(list: ListRow) {
  return {
    id: list.id,
    name: list.name,
    createdAt: list.createdAt.toISOString(),
    updatedAt: list.updatedAt.toISOString(),
  }
}
