/** A flush has a price of its own: while more than this comes between two, they are further apart, up to so many times. */
const SMALL_FLUSH_RECORDS = 2_000;
const MOST_INTERVALS = 4;
const LOOK_MS = 20;

/**
 * When the next flush is due: soon where little comes, so that it shows soon; later where much does, since a flush of
 * 32,000 events costs the engine half of what four of 8,000 do.
 */
export class FlushPace {
  private last = Number.NEGATIVE_INFINITY;
  private records = 0;

  /**
   * @param intervalMs between the beginnings of two small flushes
   * @param flushRecords so many waiting are enough for a flush at once
   */
  constructor(
    private readonly intervalMs: number,
    private readonly flushRecords: number,
  ) {}

  /** Resolves when a flush is due, or the signal says that it is over. */
  async due(lanes: readonly { readonly records: number }[], over: AbortSignal): Promise<void> {
    const intervals = Math.min(Math.max(this.records / SMALL_FLUSH_RECORDS, 1), MOST_INTERVALS);
    const due = this.last + intervals * this.intervalMs;
    for (;;) {
      const waitMs = due - performance.now();
      if (waitMs <= 0 || over.aborted || lanes.some(({ records }) => records >= this.flushRecords)) break;
      await new Promise((resolve) => setTimeout(resolve, Math.min(waitMs, LOOK_MS)));
    }
    this.last = performance.now();
  }

  /** So many records went in. */
  flushed(records: number): void {
    this.records = records;
  }
}
