/** How much each key may send: a bucket that fills at a steady rate and holds so many seconds' worth. */
export class RateLimit {
  private readonly buckets = new Map<string, { tokens: number; at: number }>();

  /**
   * @param perSecond units a second; 0: no limit
   * @param burstSeconds how long a silence may be made up for
   */
  constructor(
    private readonly perSecond: number,
    private readonly burstSeconds = 2,
    private readonly now: () => number = () => performance.now(),
  ) {}

  /** 0 when `units` may pass (they are then taken), else the seconds to wait. A full bucket lets anything pass once. */
  take(name: string, units: number): number {
    if (this.perSecond <= 0) return 0;
    const now = this.now();
    const most = this.perSecond * this.burstSeconds;
    const bucket = this.buckets.get(name) ?? { tokens: most, at: now };
    bucket.tokens = Math.min(most, bucket.tokens + ((now - bucket.at) / 1000) * this.perSecond);
    bucket.at = now;
    this.buckets.set(name, bucket);
    const needed = Math.min(units, most);
    if (bucket.tokens < needed) return (needed - bucket.tokens) / this.perSecond;
    bucket.tokens -= units;
    return 0;
  }
}
