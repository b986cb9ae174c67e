const secondsPerDay = 86_400;

/** Epoch seconds, as DynamoDB's time to live wants them. */
export function expiryOf({ now, retentionDays }: { now: () => number; retentionDays: number }): number {
  return Math.floor(now() / 1000) + retentionDays * secondsPerDay;
}
