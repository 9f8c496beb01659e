/** The platform cannot start for a reason that its operator can change: one clear line, no stack. */
export class StartError extends Error {}
