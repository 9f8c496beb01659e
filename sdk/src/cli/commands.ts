import { cancelClosure, close, closure, closureOf } from './account.ts'
import { approve, list as listAccounts, refuse, reopen, show, suspend } from './accounts.ts'
import { exportEvents, list as listEvents, verify } from './audit.ts'
import type { Command } from './command.ts'
import { erase } from './erase.ts'
import { exportContact } from './export.ts'
import { importFile } from './import.ts'
import { create, list as listKeys, revoke, rotate } from './keys.ts'
import { login } from './login.ts'
import { logout } from './logout.ts'
import { whoami } from './whoami.ts'

/** All commands, in the order of the help. */
export const commands: readonly Command[] = [
  login,
  logout,
  whoami,
  listAccounts,
  show,
  approve,
  refuse,
  suspend,
  reopen,
  closureOf,
  close,
  closure,
  cancelClosure,
  listKeys,
  create,
  rotate,
  revoke,
  importFile,
  exportContact,
  erase,
  listEvents,
  exportEvents,
  verify,
]
