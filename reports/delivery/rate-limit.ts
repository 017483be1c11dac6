/** How many messages a robot may still get, by its webhook; of this process alone, the robot itself has the last word. */
export interface RateLimit {
  /** 0 and counted when a message may go now, else the milliseconds to wait. */
  take(key: string, now: number): number;
}

const MINUTE_MS = 60_000;

/** At most so many in any minute. */
export function perMinute(most: number): RateLimit {
  const sent = new Map<string, number[]>();
  return {
    take(key, now) {
      const recent = (sent.get(key) ?? []).filter((at) => at > now - MINUTE_MS);
      sent.set(key, recent);
      const [oldest] = recent;
      if (recent.length >= most && oldest !== undefined) return oldest + MINUTE_MS - now;
      recent.push(now);
      return 0;
    },
  };
}
