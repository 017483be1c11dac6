import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { Loader } from '../../../pipelines/load/loader.js';
import type { CanonicalMinute } from '../../../schemas/index.js';
import { typedByUser } from '../../../sql/index.js';
import { seededRandom, type SeededRandom } from '../../seeded-random.js';
import { openImportBench, type ImportBench } from '../import-tools.js';

const snapshot = { exportedAt: 0, scopes: [], acceptShrink: false };
const START = Date.UTC(2026, 8, 9, 12);
let bench: ImportBench;

beforeAll(async () => {
  bench = await openImportBench();
});
afterAll(async () => {
  await bench.stop();
});

function draw(random: SeededRandom, account: string): CanonicalMinute {
  return {
    kind: 'minute',
    platform: 'kandian',
    account,
    room_id: `r${random.below(2)}`,
    source: random.pick(['kandian', 'tencent-css']),
    minute: START + random.below(6) * 60_000,
    exported_at: START + random.below(4) * 3_600_000,
    online: random.below(3),
    viewers: null,
    views: 1,
    viewers_new: null,
    likes: null,
    comments: null,
    shares: null,
    requests: null,
    flux_mb: random.chance(0.5) ? 0.1 : null,
    bandwidth_mbps: null,
  };
}

/** What counts of a minute, worked out row by row as PRODUCT §4 says. */
class Counting {
  readonly minutes = new Map<string, { minute: CanonicalMinute; revision: number }>();

  /** Whether the row counts from now on where another one counted. */
  tell(minute: CanonicalMinute): boolean {
    const { exported_at, ...content } = minute;
    const key = [minute.room_id, minute.source, minute.minute].join();
    const before = this.minutes.get(key);
    if (before !== undefined) {
      const { exported_at: exportedBefore, ...contentBefore } = before.minute;
      if (JSON.stringify(content) === JSON.stringify(contentBefore) || exported_at < exportedBefore)
        return false;
    }
    this.minutes.set(key, { minute, revision: (before?.revision ?? 0) + 1 });
    return true;
  }

  /** Minutes of one room and source, and when the newest was exported. */
  head(room: string, source: string): { rows: number; exportedAt: number } {
    const own = [...this.minutes.values()].filter(
      ({ minute }) => minute.room_id === room && minute.source === source,
    );
    return { rows: own.length, exportedAt: Math.max(...own.map(({ minute }) => minute.exported_at)) };
  }
}

describe('minutes', () => {
  it.each([1, 2])('count as their latest export says, message by message (seed %i)', async (seed) => {
    const random = seededRandom(seed);
    const account = `minutes${seed}`;
    const loader = new Loader(bench.warehouse, 'salt of the test');
    const counting = new Counting();
    for (let message = 1; message <= 5; message++) {
      const records = Array.from({ length: 1 + random.below(12) }, () => draw(random, account));
      const heads = new Map(
        records.map(({ room_id, source }) => [`${room_id},${source}`, counting.head(room_id, source)]),
      );
      const batchSeq = seed * 1_000 + message;
      const reply = await loader.publish({ batchSeq, records, snapshot });
      const wanted = records.map((record) => (counting.tell(record) ? 1 : 0));
      expect([...reply.accepted]).toEqual(wanted);
      const restatements = await bench.warehouse.query(
        typedByUser(`
          SELECT room_id, scope, outcome, toUInt32(rows) AS rows, toUInt32(rows_before) AS rows_before
          FROM wxlive_store.restatements_store FINAL WHERE batch_seq = ${batchSeq}`),
        z.object({
          room_id: z.string(),
          scope: z.string(),
          outcome: z.string(),
          rows: z.number(),
          rows_before: z.number(),
        }),
      );
      expect(restatements).toHaveLength(heads.size);
      for (const { room_id, scope, outcome, rows, rows_before } of restatements) {
        const own = records.filter((record) => record.room_id === room_id && record.source === scope);
        const before = heads.get(`${room_id},${scope}`) ?? { rows: -1, exportedAt: 0 };
        const changed = own.some((record) => wanted[records.indexOf(record)] === 1);
        const newest = Math.max(...own.map(({ exported_at }) => exported_at));
        const unchanged = newest < before.exportedAt ? 'older' : 'equal';
        expect({ outcome, rows, rows_before }).toEqual({
          outcome: before.rows === 0 ? 'first' : changed ? 'newer' : unchanged,
          rows: own.length,
          rows_before: before.rows,
        });
      }
    }
    const stored = await bench.warehouse.query(
      typedByUser(`
        SELECT concat(room_id, ',', source, ',', toString(toUnixTimestamp64Milli(minute))) AS key, toUInt32(online) AS online,
            toUInt32(revision) AS revision
        FROM wxlive_store.minutes_store FINAL WHERE account = '${account}' ORDER BY key`),
      z.object({ key: z.string(), online: z.number(), revision: z.number() }),
    );
    expect(stored).toEqual(
      [...counting.minutes]
        .map(([key, { minute, revision }]) => ({ key, online: minute.online, revision }))
        .sort((one, other) => (one.key < other.key ? -1 : 1)),
    );
  });
});
