/** Clocks of two machines differ a little; more than this is a mistake. */
const clockDrift = 60_000

/** Whether something that is said to have happened lies ahead. */
export const isInFuture = (time: Date, now: Date): boolean => time.getTime() > now.getTime() + clockDrift
