import { sendUserMails } from '@envoi/core/user-mails/send-user-mails'
import type { Processor } from '../processor.ts'

export const mailUsers: Processor<'users.mail'> = (context, _, run) => sendUserMails(context, run)
