/** Tells a partition that has messages and gives none from one that gives them, and from one whose messages are all here. */
export class StallWatch {
  private readonly unread = new Map<string, { readonly next: number; readonly since: number }>();

  /**
   * Looks at a partition; true when the brokers have had more of it for longer than `stallMs` while nothing came.
   *
   * @param next offset of the first message that has not come
   * @param high offset that the next message of the partition will get
   * @param now milliseconds of a clock that never steps back
   */
  look(partition: string, next: number, high: number, stallMs: number, now = performance.now()): boolean {
    if (high <= next) {
      this.unread.delete(partition);
      return false;
    }
    const known = this.unread.get(partition);
    if (known?.next !== next) {
      this.unread.set(partition, { next, since: now });
      return false;
    }
    return now - known.since > stallMs;
  }

  /** Nothing could come until now: what was seen before says nothing. */
  forget(): void {
    this.unread.clear();
  }
}
