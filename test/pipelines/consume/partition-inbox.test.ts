import { describe, expect, it } from 'vitest';
import type { IncomingBatch, IncomingMessage } from '../../../pipelines/bus/kafka-client.js';
import type { ArrivalCase, StoredRange } from '../../../pipelines/consume/offset-range.js';
import { fingerprintOf, PartitionInbox } from '../../../pipelines/consume/partition-inbox.js';
import { seededRandom } from '../../seeded-random.js';

function message(offset: number, topic = 'one'): IncomingMessage {
  return { offset, timestamp: 1_000 + offset, value: Buffer.from(`${topic} ${offset}`), headers: {} };
}

function batch(first: number, last: number, topic = 'one', highWatermark = 1_000): IncomingBatch {
  const messages = Array.from({ length: last - first + 1 }, (_, at) => message(first + at, topic));
  return { topic: 't', partition: 0, from: first, highWatermark, messages };
}

function range(first: number, last: number, state: StoredRange['state']): StoredRange {
  return { first, last, state, fingerprint: fingerprintOf(message(last)) };
}

function open(stored: StoredRange | null) {
  const seen: (ArrivalCase | 'recreated')[] = [];
  const lost: [number, number][] = [];
  const inbox = new PartitionInbox('t', 0, stored, {
    arrived: (what) => seen.push(what),
    missing: (_topic, _partition, from, to) => lost.push([from, to]),
  });
  return { inbox, seen, lost, low: (at: number) => () => Promise.resolve(at) };
}

/** Offsets of what may be stored now. */
function offsets(inbox: PartitionInbox): readonly number[] | null {
  return inbox.cut(1_000)?.messages.map(({ offset }) => offset) ?? null;
}

describe('the messages of a partition', () => {
  it('after a range that is done: next, same, contained, overlapping, older', async () => {
    const cases: [number, number, ArrivalCase, number[] | null][] = [
      [10, 19, 'same', null],
      [12, 15, 'contained', null],
      [5, 15, 'overlap_left', null],
      [15, 22, 'overlap_right', [20, 21, 22]],
      [0, 5, 'older', null],
    ];
    for (const [first, last, what, wanted] of cases) {
      const { inbox, seen, low } = open(range(10, 19, 'done'));
      expect(await inbox.take(batch(first, last), low(0))).toEqual({ action: 'kept' });
      expect(seen).toEqual([what]);
      expect(offsets(inbox)).toEqual(wanted);
    }
  });

  it('after a range that was intended: exactly that range is cut again', async () => {
    const intended = range(10, 19, 'intended');
    const same = open(intended);
    await same.inbox.take(batch(10, 19), same.low(0));
    expect(same.seen).toEqual(['same']);
    expect(same.inbox.cut(1)?.messages.map(({ offset }) => offset)).toEqual([
      10, 11, 12, 13, 14, 15, 16, 17, 18, 19,
    ]);

    const rest = open(intended);
    await rest.inbox.take(batch(10, 14), rest.low(0));
    expect(rest.seen).toEqual(['contained']);
    expect(offsets(rest.inbox)).toBeNull();
    await rest.inbox.take(batch(15, 25), rest.low(0));
    const cut = rest.inbox.cut(1_000);
    expect(cut).toMatchObject({ again: true, range: { first: 10, last: 19 } });
    rest.inbox.done();
    expect(offsets(rest.inbox)).toEqual([20, 21, 22, 23, 24, 25]);

    const left = open(intended);
    await left.inbox.take(batch(5, 30), left.low(0));
    expect(left.seen).toEqual(['overlap_left']);
    expect(offsets(left.inbox)?.at(0)).toBe(10);

    const right = open(intended);
    await right.inbox.take(batch(10, 30), right.low(0));
    expect(right.seen).toEqual(['overlap_right']);
    expect(offsets(right.inbox)?.at(-1)).toBe(19);
  });

  it('asks for what should come first, and gives it up loudly when it is gone', async () => {
    const there = open(range(10, 19, 'intended'));
    expect(await there.inbox.take(batch(15, 30), there.low(0))).toEqual({ action: 'seek', offset: 10 });
    expect(await there.inbox.take(batch(9, 30), there.low(0))).toEqual({ action: 'kept' });
    expect(offsets(there.inbox)).toEqual([10, 11, 12, 13, 14, 15, 16, 17, 18, 19]);

    const gone = open(range(10, 19, 'done'));
    expect(await gone.inbox.take(batch(40, 45), gone.low(40))).toEqual({ action: 'seek', offset: 19 });
    expect(await gone.inbox.take(batch(40, 45), gone.low(40))).toEqual({ action: 'kept' });
    expect(gone.seen).toEqual(['gap']);
    expect(gone.lost).toEqual([[20, 39]]);
    expect(offsets(gone.inbox)).toEqual([40, 41, 42, 43, 44, 45]);

    const wholly = open(range(10, 19, 'intended'));
    await wholly.inbox.take(batch(40, 45), wholly.low(40));
    await wholly.inbox.take(batch(40, 45), wholly.low(40));
    expect(offsets(wholly.inbox)).toEqual([40, 41, 42, 43, 44, 45]);
  });

  it('takes offsets without a message for no gap, whatever waits or is stored before them', async () => {
    const hole = (): IncomingBatch => ({ ...batch(29, 30), from: 20 });
    const done = open(range(10, 19, 'done'));
    expect(await done.inbox.take({ ...batch(29, 30), from: 20 }, done.low(0))).toEqual({
      action: 'seek',
      offset: 19,
    });
    await done.inbox.take(batch(19, 19), done.low(0));
    expect(await done.inbox.take(hole(), done.low(0))).toEqual({ action: 'kept' });
    expect(offsets(done.inbox)).toEqual([29, 30]);

    const waiting = open(range(10, 14, 'done'));
    await waiting.inbox.take(batch(14, 19), waiting.low(0));
    expect(await waiting.inbox.take(hole(), waiting.low(0))).toEqual({ action: 'kept' });
    expect(offsets(waiting.inbox)).toEqual([15, 16, 17, 18, 19, 29, 30]);

    const fresh = open(null);
    expect(await fresh.inbox.take({ ...batch(9, 10), from: 0 }, fresh.low(0))).toEqual({ action: 'kept' });
    expect(offsets(fresh.inbox)).toEqual([9, 10]);
    for (const { seen, lost } of [done, waiting, fresh])
      expect([lost, seen.includes('gap')]).toEqual([[], false]);
  });

  it('begins anew when the topic is another one under the same name', async () => {
    const shorter = open(range(10, 19, 'done'));
    expect(await shorter.inbox.take(batch(0, 3, 'other', 4), shorter.low(0))).toEqual({
      action: 'seek',
      offset: 0,
    });
    await shorter.inbox.take(batch(0, 3, 'other', 4), shorter.low(0));
    expect(shorter.seen).toEqual(['recreated', 'new']);
    expect(offsets(shorter.inbox)).toEqual([0, 1, 2, 3]);

    const longer = open(range(10, 19, 'done'));
    expect(await longer.inbox.take(batch(20, 30, 'other'), longer.low(0))).toEqual({
      action: 'seek',
      offset: 19,
    });
    expect(await longer.inbox.take(batch(19, 30, 'other'), longer.low(0))).toEqual({
      action: 'seek',
      offset: 0,
    });
    await longer.inbox.take(batch(0, 30, 'other'), longer.low(0));
    expect(offsets(longer.inbox)?.length).toBe(31);
    const same = open(range(10, 19, 'done'));
    expect(await same.inbox.take(batch(20, 30), same.low(0))).toEqual({ action: 'seek', offset: 19 });
    await same.inbox.take(batch(19, 30), same.low(0));
    expect(offsets(same.inbox)?.at(0)).toBe(20);
  });

  it('stores every message once and in order, whatever arrives again, whenever it is reset or killed', async () => {
    const seed = Date.now() % 1_000_000;
    const random = seededRandom(seed);
    const all = 50;
    for (let round = 0; round < 200; round++) {
      let stored: StoredRange | null = null;
      let { inbox } = open(stored);
      let position = 0;
      const taken: number[] = [];
      for (let step = 0; step < 2_000 && taken.length < all; step++) {
        const dice = random.below(12);
        if (dice === 0 || position >= all) {
          // The client is assigned anew and begins somewhere: rewound, or where it stood.
          inbox.reset();
          position = random.below(all);
        }
        if (dice === 1) {
          // A kill between the intent and the end: the range is known, nobody knows whether it was stored.
          const cut = inbox.cut(1 + random.below(5));
          if (cut !== null) stored = cut.range;
          ({ inbox } = open(stored));
          position = random.below(all);
        }
        const last = Math.min(all - 1, position + random.below(8));
        const answer = await inbox.take(batch(position, last, 'one', all), () => Promise.resolve(0));
        position = answer.action === 'seek' ? answer.offset : last + 1;
        const cut = inbox.cut(1 + random.below(9));
        if (cut === null) continue;
        if (stored?.state === 'intended') expect(cut.range.last, `seed ${seed}`).toBe(stored.last);
        taken.push(...cut.messages.map(({ offset }) => offset));
        inbox.done();
        stored = { ...cut.range, state: 'done' };
      }
      expect(taken, `seed ${seed}`).toEqual(Array.from({ length: all }, (_, at) => at));
    }
  });
});
