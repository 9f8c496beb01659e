import { forgetUserMails as forget } from '@envoi/core/user-mails/forget-user-mails'
import type { Processor } from '../processor.ts'

export const forgetUserMails: Processor<'users.forgetMails'> = (context) => forget(context)
