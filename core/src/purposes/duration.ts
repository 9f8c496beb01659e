/** Whether an ISO 8601 duration of the contract's form lasts no time at all, as `P0Y`. */
export function isEmptyDuration(duration: string): boolean {
  return !/[1-9]/.test(duration)
}
