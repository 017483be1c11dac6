/** An iterable of which the beginning can be looked at before it is read, once. */
export class Peekable<Item> {
  private readonly seen: Item[] = [];
  private readonly iterator: AsyncIterator<Item>;

  constructor(items: AsyncIterable<Item>) {
    this.iterator = items[Symbol.asyncIterator]();
  }

  /** The items one by one, remembered for `read`; stop looking by leaving the loop. */
  async *peek(): AsyncIterable<Item> {
    for (;;) {
      const next = await this.iterator.next();
      if (next.done === true) return;
      this.seen.push(next.value);
      yield next.value;
    }
  }

  /** Remembers something smaller in place of the item looked at last: a whole file may be looked at in vain. */
  replaceLast(item: Item): void {
    this.seen[this.seen.length - 1] = item;
  }

  /** All items, those looked at first. */
  async *read(): AsyncIterable<Item> {
    try {
      yield* this.seen.splice(0);
      for (;;) {
        const next = await this.iterator.next();
        if (next.done === true) return;
        yield next.value;
      }
    } finally {
      await this.iterator.return?.();
    }
  }

  /** Reads no further. */
  async close(): Promise<void> {
    this.seen.length = 0;
    await this.iterator.return?.();
  }
}
