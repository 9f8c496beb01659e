const HOUR_MS = 3_600_000

/** What a link in a mail to a user may do: where its page is, and how long it works. */
export const linkKinds = {
  confirmEmail: { path: '/users/confirm', lifetimeMs: 7 * 24 * HOUR_MS },
  invitation: { path: '/users/invitation', lifetimeMs: 7 * 24 * HOUR_MS },
  // NIST SP 800-63B-4, section 4.2.1.2, has a recovery code by mail expire after 24 hours at most
  passwordReset: { path: '/users/password', lifetimeMs: HOUR_MS },
} as const

export type LinkKind = keyof typeof linkKinds
