import { sendConfirmMails } from '@envoi/core/consents/confirm-mail'
import type { Processor } from '../processor.ts'

export const confirmMail: Processor<'consents.confirmMail'> = (context, _, run) =>
  sendConfirmMails(context, run)
