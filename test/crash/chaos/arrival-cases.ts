import { setTimeout as sleep } from 'node:timers/promises';
import type { KeptProcess } from './kept-process.js';

const COUNTED = /^wxlive_loader_arrivals_total\{case="(\w+)"\} (\d+)$/gmu;
const LOOK_MS = 300;

/** How often loaders saw each case of arrival, over all lives of their processes. */
export class ArrivalCases {
  /** By process: what it had counted when it was last asked. */
  private readonly seen = new Map<number, ReadonlyMap<string, number>>();
  private readonly own = new Map<string, number>();
  private readonly looking: Promise<void>;
  private stopped = false;

  constructor(private readonly loaders: readonly KeptProcess[]) {
    this.looking = this.keepLooking();
  }

  /** What the driver itself brought about. */
  count(what: string): void {
    this.own.set(what, (this.own.get(what) ?? 0) + 1);
  }

  async look(): Promise<void> {
    await Promise.all(
      this.loaders.map(async (loader) => {
        const { processId } = loader;
        const text = await loader.get('/metrics');
        if (text === null) return;
        const found = [...text.matchAll(COUNTED)].map(
          ([, name = '', value]) => [name, Number(value)] as const,
        );
        if (found.length > 0) this.seen.set(processId, new Map(found));
      }),
    );
  }

  /** How many arrivals of all cases loaders have told of. */
  arrivals(): number {
    let all = 0;
    for (const counts of this.seen.values()) for (const times of counts.values()) all += times;
    return all;
  }

  counts(): Record<string, number> {
    const all: Record<string, number> = Object.fromEntries(this.own);
    for (const counts of this.seen.values()) {
      for (const [name, value] of counts) all[name] = (all[name] ?? 0) + value;
    }
    return all;
  }

  async stop(): Promise<void> {
    this.stopped = true;
    await this.looking;
  }

  private async keepLooking(): Promise<void> {
    while (!this.stopped) {
      await this.look();
      await sleep(LOOK_MS);
    }
  }
}
