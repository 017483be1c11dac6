import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { Loader } from '../../../pipelines/load/loader.js';
import { RecordPartBuilder } from '../../../pipelines/load/record-part.js';
import type { CanonicalEvent, ViewerId } from '../../../schemas/index.js';
import { typedByUser } from '../../../sql/index.js';
import { createEventKeys } from '../../../pipelines/event-key.js';
import { seededRandom } from '../../seeded-random.js';
import { events } from '../consume/kafka-bench.js';
import { openImportBench, type ImportBench } from '../import-tools.js';

/** Messages that continue leave the relabelling of earlier facts for later; nobody is forgotten by it. */
const PEOPLE = 40;
const MESSAGES = 8;
const snapshot = { exportedAt: 0, scopes: [], acceptShrink: false };
let bench: ImportBench;

beforeAll(async () => {
  bench = await openImportBench();
});
afterAll(async () => {
  await bench.stop();
});

/** Who belongs together by all links, worked out without the product. */
class Together {
  private readonly parents = new Map<string, string>();

  of(id: string): string {
    const parent = this.parents.get(id) ?? id;
    return parent === id ? id : this.of(parent);
  }

  join(one: string, other: string): void {
    this.parents.set(this.of(one), this.of(other));
  }
}

describe('links of messages that continue', () => {
  it.each([1, 2, 3])(
    'end where links of messages alone end, whoever is killed between (seed %i)',
    async (seed) => {
      const random = seededRandom(seed);
      const account = `waiting${seed}`;
      const together = new Together();
      const owners = new Map<string, string>();
      const idOf = (number: number): ViewerId =>
        `${String(seed).padStart(8, '0')}-0000-4000-8000-${String((number * 7919) % 999_983).padStart(12, '0')}` as ViewerId;
      const draw = (number: number): CanonicalEvent => {
        const [event] = events(account, number, 1);
        if (event === undefined) throw new Error('no event was made');
        const ids = [idOf(random.below(PEOPLE)), idOf(random.below(PEOPLE))] as const;
        owners.set(event.event_id, ids[0]);
        if (ids[0] === ids[1] || !random.chance(0.15)) return { ...event, viewer_key: ids[0] };
        together.join(ids[0], ids[1]);
        return { ...event, viewer_key: ids[0], linked: ids.map((member) => ({ member, kind: 'user_id' })) };
      };
      const salt = 'salt of the test';
      let loader = new Loader(bench.warehouse, salt);
      for (let message = 0; message < MESSAGES; message++) {
        const builder = new RecordPartBuilder(createEventKeys(salt));
        for (let at = 0; at < 12; at++) builder.add(draw(message * 12 + at));
        const continues = random.chance(0.7);
        await loader.publishParts({
          batchSeq: seed * 100 + message,
          parts: [builder.take()],
          snapshot,
          continues,
        });
        if (!random.chance(0.2)) continue;
        // As after a kill: what the loader remembered is gone.
        loader = new Loader(bench.warehouse, salt);
        await loader.recover();
      }
      await loader.settle();

      const rows = await bench.warehouse.query(
        typedByUser(
          `SELECT event_id, toString(viewer) AS viewer FROM wxlive.events WHERE account = '${account}'`,
        ),
        z.object({ event_id: z.string(), viewer: z.string() }),
      );
      expect(rows).toHaveLength(MESSAGES * 12);
      const viewers = new Map<string, Set<string>>();
      for (const { event_id, viewer } of rows) {
        const group = together.of(owners.get(event_id) ?? '');
        viewers.set(group, (viewers.get(group) ?? new Set()).add(viewer));
      }
      for (const labels of viewers.values()) expect(labels.size).toBe(1);
      expect(new Set([...viewers.values()].flatMap((labels) => [...labels])).size).toBe(viewers.size);
      const open = await bench.warehouse.query(
        typedByUser('SELECT member FROM wxlive_store.identities_store FINAL WHERE applied = 0'),
        z.object({ member: z.string() }),
      );
      expect(open).toEqual([]);
    },
  );
});
