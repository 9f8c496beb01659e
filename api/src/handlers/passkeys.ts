import type { Passkey as PasskeyRow } from '@envoi/core/database'
import { beginPasskey } from '@envoi/core/passkeys/begin-passkey'
import { createPasskey } from '@envoi/core/passkeys/create-passkey'
import { deletePasskey } from '@envoi/core/passkeys/delete-passkey'
import { listPasskeys } from '@envoi/core/passkeys/read-passkeys'
import { contract } from '@envoi/openapi'
import { created, noContent, ok, page } from '../routes/answers.ts'
import { implement } from '../routes/implement.ts'

export const passkeysHandlers = implement(contract.passkeys, {
  list: async ({ query }, context) => page(await listPasskeys(context, query), presentPasskey),
  begin: async ({ body }, context) => ok({ ...(await beginPasskey(context, body)) }),
  create: async ({ body }, context) => {
    const { passkey, recoveryCodes } = await createPasskey(context, body)
    return created('/v1/users/me/passkeys', {
      passkey: presentPasskey(passkey),
      ...(recoveryCodes === undefined ? {} : { recoveryCodes }),
    })
  },
  delete: async ({ params, body }, context) => {
    await deletePasskey(context, params.passkeyId, body)
    return noContent()
  },
})

function presentPasskey({ id, name, isSynced, createdAt, lastUsedAt }: PasskeyRow) {
  return {
    id,
    name,
    isSynced,
    createdAt: createdAt.toISOString(),
    lastUsedAt: lastUsedAt?.toISOString() ?? null,
  }
}
