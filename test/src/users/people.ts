/** Users of an account besides its owner, and the mails that are sent to them. */
import { createEnvoi, type Envoi } from '@envoi/sdk'
import { drain } from '@envoi/workers'
import type { Scene } from '../contract/make.ts'
import type { ReceivedMail } from '../servers/smtp-server.ts'
import type { TestServer } from '../support/fixture.ts'

export interface Person {
  id: string
  email: string
  password: string
  /** Logged in. */
  api: Envoi
  login(): ReturnType<Envoi['sessions']['create']>
}

type Rights = { role: string } | { permissions: string[] }

export const anyone = ({ url }: TestServer) => createEnvoi({ baseUrl: url, maxRetries: 0 })

/** Mails of the platform to an address, in order; what waits is sent first. */
export async function mailsTo({ platform, mail }: TestServer, email: string): Promise<ReceivedMail[]> {
  await drain(platform)
  return mail.toUsers.filter(({ to }) => to.includes(email))
}

const pages = { confirmEmail: 'confirm', invitation: 'invitation', passwordReset: 'password' } as const

/** The link of the last mail of a kind to an address. */
export async function linkIn(
  server: TestServer,
  email: string,
  kind: keyof typeof pages,
): Promise<{ url: string; token: string }> {
  const texts = await Promise.all(
    (await mailsTo(server, email)).map(async (mail) => (await mail.parsed()).text ?? ''),
  )
  const pattern = new RegExp(`https?:\\S+/users/${pages[kind]}/([\\w-]+)`)
  const [url, token] = texts.flatMap((text) => [pattern.exec(text) ?? []]).findLast(([found]) => found) ?? []
  if (url === undefined || token === undefined) throw new Error(`there is no mail with a link ${kind}`)
  return { url, token }
}

/** The owner proves that the address is theirs, and that it was they who have opened the account. */
export async function confirmOwner({ server, account }: Scene): Promise<void> {
  const { url } = await linkIn(server, account.ownerEmail, 'confirmEmail')
  await confirmWith(url, account.ownerPassword)
}

/** What the page behind the link sends, with the password of the account. */
export const confirmWith = (url: string, password: string) =>
  fetch(url, { method: 'POST', body: new URLSearchParams({ password }) })

export async function invite(
  { server, account: { api } }: Scene,
  rights: Rights = { role: 'marketer' },
  by: Envoi = api,
): Promise<{ id: string; email: string }> {
  const email = `grace-${server.platform.newId()}@example.com`
  const { id } = await by.users.create({
    email,
    firstName: 'Grace',
    lastName: 'Hopper',
    ...(rights as { role: 'marketer' }),
  })
  return { id, email }
}

/** Somebody who was invited and has accepted. */
export async function userWith(scene: Scene, rights: Rights = { role: 'marketer' }): Promise<Person> {
  const { server } = scene
  const { id, email } = await invite(scene, rights)
  const { token } = await linkIn(server, email, 'invitation')
  const password = 'calm-otter-47-lantern'
  await anyone(server).invitations.accept({ token, password })
  const login = () => anyone(server).sessions.create({ email, password })
  const { accessToken } = await login()
  return { id, email, password, api: anyone(server).with(accessToken), login }
}

/** The id of the owner. */
export const ownerOf = async ({ account: { api } }: Scene) => (await api.users.me()).id

/** What is recorded about a user: action and outcome, oldest first. */
export async function auditOf({ server, account }: Scene, userId: string) {
  return server.platform.db.auditEvent.findMany({
    where: { accountId: account.id, targetId: userId },
    orderBy: { id: 'asc' },
    select: { action: true, outcome: true, actorType: true, actorId: true, changed: true, address: true },
  })
}
