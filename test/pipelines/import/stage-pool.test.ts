import { hash } from 'node:crypto';
import { expect, it } from 'vitest';
import { PseudonymKey, createPseudonymizer, Seal, SOURCES } from '../../../pipelines/index.js';
import { createEventKeys } from '../../../pipelines/event-key.js';
import { RecordRow, placeOf } from '../../../pipelines/import/record-rows.js';
import { RowStage, type StageSettings } from '../../../pipelines/import/row-stage.js';
import { StageThreads } from '../../../pipelines/import/stage-pool.js';
import type { StagedPart, StageTask } from '../../../pipelines/import/stage-protocol.js';
import type { EventChunk } from '../../../pipelines/load/event-chunk.js';
import { RecordPartBuilder } from '../../../pipelines/load/record-part.js';
import { seededRandom } from '../../seeded-random.js';

const ROWS = 16_000;
const NOW = Date.UTC(2026, 8, 20);

const keyBytes = Buffer.alloc(32, 9);
const settings: StageSettings = {
  file: 'events.ndjson',
  sha256: 'f'.repeat(64),
  startedAt: NOW,
  context: { room: null, wallClockZone: null, amountUnit: null, eventMap: { enter: 'live_enter' } },
  replay: { exportedAt: null, aliases: [] },
  language: 'zh',
  keepsRejects: true,
};
const placement = {
  adapter: 'events',
  receivedAt: NOW,
  account: null,
  room: null,
  exportedAt: NOW,
  day: '2026-09-20',
} as const;
const task: StageTask = {
  keyBytes,
  ownDomains: ['a.example'],
  adapter: 'events',
  settings,
  placement,
  salt: 's',
};

it('gives what one thread gives, block by block and in the order of the file', async () => {
  const lines = makeLines();
  const file = Buffer.from(lines.join('\n'));
  const parts: StagedPart[] = [];
  const threads = new StageThreads();
  for await (const part of threads.stage([file], task)) parts.push(part);
  await threads.end();
  expect(parts.length).toBeGreaterThan(1);

  const key = PseudonymKey.fromBytes(keyBytes);
  const source = SOURCES.find(({ name }) => name === 'events');
  if (!key.ok || source === undefined) throw new Error('no key or no source');
  const builder = new RecordPartBuilder(createEventKeys('s'));
  const pseudonymizer = createPseudonymizer(key.value, { ownDomains: ['a.example'] });
  const stage = new RowStage(settings, { source, pseudonymizer, seal: new Seal(key.value) }, builder);
  let line = 0;
  for (const { part, ...rows } of parts) {
    for (let left = rows.rows; left > 0; left--) {
      const text = lines[line++] ?? '';
      stage.add(
        new RecordRow((position) => placeOf(settings.file, 'lines', position), line, text),
        placement,
      );
    }
    const alone = stage.take();
    const own = builder.take();
    expect(digests(part.events)).toEqual(digests(own.events));
    expect([rows.rows, rows.rejected, rows.recordRows]).toEqual([
      alone.rows,
      alone.rejected,
      alone.recordRows,
    ]);
    const seen = (staged: typeof rows) =>
      staged.rejects.map(({ rejectId, place, code }) => [rejectId, place, code]);
    expect(seen(rows)).toEqual(seen(alone));
    expect(rows.reported).toEqual(alone.reported);
  }
  expect(line).toBe(ROWS);
});

/** Comparing megabytes value by value takes half a minute. */
function digests(events: EventChunk): unknown {
  return Object.entries(events).map(([name, value]: [string, unknown]) =>
    ArrayBuffer.isView(value)
      ? [
          name,
          value.byteLength,
          hash('sha256', Buffer.from(value.buffer, value.byteOffset, value.byteLength)),
        ]
      : [name, value],
  );
}

/** Each person's events say one id: what links ids is told once a thread, and would differ. */
function makeLines(): string[] {
  const random = seededRandom(23);
  return Array.from({ length: ROWS }, (_none, at) => {
    if (random.chance(0.01)) return `{"event_id":"${at}", broken 直播 13800138000`;
    return JSON.stringify({
      event_id: `e${at}`,
      event: random.pick(['enter', 'order_pay', 'live_like']),
      time: NOW - random.below(10_000_000),
      user_id: `member ${random.below(300)}`,
      room_id: `R${random.below(3)}`,
      query: random.pick(['utm_source=海报', 'c=abc', '']),
      props: {
        order_id: `O${random.below(50)}`,
        amount_fen: random.below(9_999),
        note: random.text('ab直播é', 200),
      },
    });
  });
}
