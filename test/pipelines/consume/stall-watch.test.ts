import { describe, expect, it } from 'vitest';
import type { ConsumeOptions, IncomingBatch } from '../../../pipelines/bus/kafka-client.js';
import { LaneConsumer } from '../../../pipelines/consume/lane-consumer.js';
import { openLoaderFigures } from '../../../pipelines/consume/loader-figures.js';
import { StallWatch } from '../../../pipelines/consume/stall-watch.js';
import { MetricsRegistry } from '../../../pipelines/index.js';
import { keepingLogger } from './kafka-bench.js';

const TOPIC = 'wxlive.events';

describe('a partition', () => {
  it('is stalled when it has messages and none came for so long, whatever others give', () => {
    const watch = new StallWatch();
    expect(watch.look('a', 10, 20, 100, 0)).toBe(false);
    expect(watch.look('b', 10, 20, 100, 0)).toBe(false);
    expect(watch.look('a', 10, 30, 100, 100)).toBe(false);
    expect(watch.look('b', 15, 30, 100, 101)).toBe(false);
    expect(watch.look('a', 10, 30, 100, 101)).toBe(true);
    expect(watch.look('b', 15, 30, 100, 201)).toBe(false);
  });

  it('is not when all of it came, nor for a time in which nothing could come', () => {
    const watch = new StallWatch();
    expect(watch.look('a', 10, 20, 100, 0)).toBe(false);
    expect(watch.look('a', 20, 20, 100, 1_000)).toBe(false);
    expect(watch.look('a', 20, 30, 100, 2_000)).toBe(false);
    watch.forget();
    expect(watch.look('a', 20, 30, 100, 3_000)).toBe(false);
    expect(watch.look('a', 20, 30, 100, 3_101)).toBe(true);
  });
});

describe('a lane', () => {
  it('is not called stalled while what came waits for a database that is away', async () => {
    const { lane, give, state } = await open();
    state.high = 10;
    await give(0, 9);
    for (const waits of [true, false]) {
      expect(await lane.look(-1)).toBe(false);
      expect(await lane.look(-1)).toBe(false);
      expect(lane.lags).toEqual([{ topic: TOPIC, partition: 0, lag: 10 }]);
      // Cut, it is on its way into the database, and behind as before.
      if (waits) expect(lane.cut(100)).toHaveLength(1);
    }
    state.high = 20;
    expect(await lane.look(-1)).toBe(false);
    expect(await lane.look(-1)).toBe(true);
    await give(10, 19);
    expect(await lane.look(-1)).toBe(false);
    await lane.stop();
  });

  it('is called stalled though a part of a range waits for its rest, which does not come', async () => {
    const { lane, give, state } = await open([{ first: 0, last: 9 }]);
    state.high = 10;
    await give(0, 4);
    expect(lane.records).toBe(5);
    expect(lane.cut(100)).toEqual([]);
    expect(await lane.look(-1)).toBe(false);
    expect(await lane.look(-1)).toBe(true);
    await lane.stop();
  });

  it('takes nothing without room, and goes on when a rebalance has made some', async () => {
    const { lane, give, state, assign } = await open([], 40);
    state.high = 30;
    await give(0, 9);
    expect(lane.waitingBytes).toBeGreaterThan(40);
    const blocked = give(10, 19).then(() => 'went on');
    expect(await Promise.race([blocked, Promise.resolve('waits')])).toBe('waits');
    // Full, it is nobody's stall.
    expect(await lane.look(-1)).toBe(false);
    expect(await lane.look(-1)).toBe(false);
    assign();
    expect(await blocked).toBe('went on');
    await lane.stop();
  });
});

/** A lane over brokers that give what the test says. */
async function open(intended: readonly { first: number; last: number }[] = [], mostWaitingBytes = 1_000_000) {
  const state: { high: number; options: ConsumeOptions | null } = { high: 0, options: null };
  const lane = new LaneConsumer({
    client: {
      watermarks: () => Promise.resolve(new Map([[0, { low: 0, high: state.high }]])),
      consume(options) {
        state.options = options;
        return Promise.resolve({
          seek: () => undefined,
          commit: () => Promise.resolve(),
          stop: () => Promise.resolve(),
        });
      },
    },
    group: 'g',
    topics: [TOPIC],
    stored: intended.map((range) => ({
      ...range,
      ...{ topic: TOPIC, partition: 0, state: 'intended' as const, fingerprint: 'of another time' },
    })),
    figures: openLoaderFigures(new MetricsRegistry()),
    logger: keepingLogger(),
    mostWaitingBytes,
    onEnd: () => undefined,
  });
  await lane.start();
  const assign = (): void => state.options?.onAssigned([{ topic: TOPIC, partition: 0 }]);
  assign();
  const give = async (first: number, last: number): Promise<void> => {
    const messages: IncomingBatch['messages'] = Array.from({ length: last - first + 1 }, (_, at) => ({
      ...{ offset: first + at, timestamp: 1_000, value: Buffer.from(`message ${first + at}`), headers: {} },
    }));
    const place = { topic: TOPIC, partition: 0, from: first };
    await state.options?.onBatch({ ...place, highWatermark: state.high, messages });
  };
  return { lane, give, state, assign };
}
