import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';

import { path } from '../../../../reports/analyses/path/run.js';
import { segments } from '../../../../reports/analyses/segments/run.js';
import { parseSpec, type PathResult, type SegmentsResult } from '../../../../schemas/index.js';
import { typedByUser } from '../../../../sql/index.js';
import { oraclePaths } from '../../../oracles/path.js';
import { createRandom } from '../../../oracles/random.js';
import { oracleSegments, oracleWatchMs } from '../../../oracles/segments.js';
import { inScope, meets } from '../../../oracles/where.js';
import { runAnalysis } from '../run-analysis.js';
import {
  insertEvents,
  openScratchWarehouse,
  ZONE,
  type ScratchEvent,
  type ScratchWarehouse,
} from '../scratch-warehouse.js';

/** Segments and paths on the real engine: what the statements hand over, against the references. One engine for both. */
const START = Date.parse('2026-11-23T00:00:00+08:00');
const NAMES = ['live_enter', 'live_enter', 'live_leave', 'live_heartbeat', 'goods_click', 'order_pay'];
const random = createRandom(7);
const events: ScratchEvent[] = [];
for (let person = 0; person < 200; person += 1) {
  let time = START + random(3) * 86_400_000;
  for (let index = random(14); index > 0; index -= 1) {
    time += [0, 0, 1, 40, 60, 61, 86_400_000][random(7)] ?? 0;
    const event = NAMES[random(NAMES.length)] ?? '';
    events.push({
      event_id: `e${random(1000)}-${person}-${index}`,
      person,
      event,
      time,
      account: random(8) === 0 ? 'second' : 'default',
      room_id: ['1', '2', ''][random(3)] ?? '',
      scene: random(20) === 0 ? 1129 : null,
      goods_id: event === 'goods_click' ? `g${random(3)}` : '',
      amount_fen: event === 'order_pay' ? (random(6) === 0 ? null : random(400)) : null,
      props: random(12) === 0 ? { live_source: 'replay' } : {},
    });
  }
}
let scratch: ScratchWarehouse;

beforeAll(async () => {
  scratch = await openScratchWarehouse();
  // In an order that says nothing about time.
  await insertEvents(
    scratch.warehouse,
    [...events].sort((left, right) => (left.event_id < right.event_id ? -1 : 1)),
  );
}, 120_000);
afterAll(async () => {
  await scratch.close();
});

async function runSegments(input: object): Promise<SegmentsResult> {
  const spec = parseSpec(segments.spec, input);
  if (!spec.ok) throw new Error(spec.failure.message);
  const outcome = await runAnalysis(segments, scratch.warehouse, spec.value, { timeZone: ZONE });
  if (!outcome.ok) throw new Error(outcome.failure.message);
  return outcome.value;
}

async function runPath(input: object): Promise<PathResult> {
  const spec = parseSpec(path.spec, input);
  if (!spec.ok) throw new Error(spec.failure.message);
  const outcome = await runAnalysis(path, scratch.warehouse, spec.value, { timeZone: ZONE });
  if (!outcome.ok) throw new Error(outcome.failure.message);
  return outcome.value;
}

const SPECS: readonly [Record<string, unknown>][] = [
  [{}],
  [{ from: '2026-11-24', to: '2026-11-25' }],
  [{ from: '2026-11-23', rooms: ['1', 'second:2'] }],
  [{ accounts: ['second'], where: [{ field: 'goods_id', op: 'is_not_set' }] }],
];

describe('segments', () => {
  it.each(SPECS)('equal those sorted by hand: %j', async (given) => {
    const input = {
      ...given,
      recency_days: [1, 2],
      frequency: [1, 2],
      money_fen: [1, 300],
      watch_seconds: [0.04, 0.1],
      timeout_seconds: 0.06,
    };
    const spec = parseSpec(segments.spec, input);
    if (!spec.ok) throw new Error(spec.failure.message);
    const inside = events.filter((event) => inScope(event, spec.value) && meets(event, spec.value.where));
    const asOf =
      given['to'] === undefined
        ? Math.max(...inside.map(({ time }) => time))
        : Date.parse('2026-11-26T00:00:00+08:00');
    const people = [...new Set(inside.map(({ person }) => person))].map((person) => {
      const own = inside.filter((event) => event.person === person);
      const paid = own.filter(({ event }) => event === 'order_pay');
      const rooms = new Map<string, ScratchEvent[]>();
      for (const event of own.filter(({ room_id }) => room_id !== '')) {
        const room = `${event.account ?? ''}:${event.room_id ?? ''}`;
        rooms.set(room, [...(rooms.get(room) ?? []), event]);
      }
      let watchMs = 0;
      for (const acts of rooms.values()) {
        for (const near of bouts(acts)) {
          const first = Math.min(...near.map(({ time }) => time));
          const told = near.map((event) => ({
            person,
            time: event.time - first,
            event: event.event,
            replay: event.props?.['live_source'] === 'replay',
          }));
          watchMs += oracleWatchMs(told, [], 60, Math.max(...told.map(({ time }) => time)) + 1);
        }
      }
      return {
        lastMs: Math.max(...own.map(({ time }) => time)),
        orders: paid.length,
        gmvFen: paid.reduce((sum, { amount_fen }) => sum + (amount_fen ?? 0), 0),
        watchSeconds: watchMs / 1000,
      };
    });
    const expected = oracleSegments(people, { ...spec.value }, asOf);
    const result = await runSegments(input);
    expect(
      Object.fromEntries(
        result.segments.map((one) => [
          `${one.recency},${one.frequency},${one.money},${one.watch}`,
          { viewers: one.viewers, gmv_fen: one.gmv_fen },
        ]),
      ),
    ).toEqual(Object.fromEntries(expected));
    expect(result.total.viewers).toBe(people.length);
    expect(new Set(result.segments.map(({ watch }) => watch)).size).toBeGreaterThan(1);
  });

  it('add up to live_daily and to nothing where nobody is', async () => {
    const rooms = ['1', '2'];
    const [daily] = await scratch.warehouse.query(
      typedByUser('SELECT sum(gmv_fen) AS gmv_fen FROM wxlive.live_daily'),
      z.object({ gmv_fen: z.coerce.number() }),
    );
    expect((await runSegments({ rooms })).total.gmv_fen).toBe(daily?.gmv_fen);
    const nobody = await runSegments({ rooms: ['none'] });
    expect(nobody).toMatchObject({ segments: [], total: { viewers: 0, gmv_fen: 0 }, as_of: null });
    expect(nobody.notes[0]).toContain('没有');
  });
});

/** Cuts a person's events where a silence is so long that nothing is watched across it. */
function bouts(acts: readonly ScratchEvent[]): ScratchEvent[][] {
  const sorted = [...acts].sort((left, right) => left.time - right.time);
  const cut: ScratchEvent[][] = [];
  for (const act of sorted) {
    const before = cut.at(-1)?.at(-1);
    if (before === undefined || act.time - before.time > 1000) cut.push([act]);
    else cut.at(-1)?.push(act);
  }
  return cut;
}

describe('paths', () => {
  it.each(SPECS)('equal those found by following every start: %j', async (given) => {
    const input = {
      ...given,
      start: { event: 'live_enter', where: [{ field: 'room_id', op: 'ne', value: '2' }] },
      steps: 3,
      limit: 10_000,
      session_gap_seconds: 0.06,
    };
    const spec = parseSpec(path.spec, input);
    if (!spec.ok) throw new Error(spec.failure.message);
    const inside = events.filter((event) => inScope(event, spec.value) && meets(event, spec.value.where));
    const expected = oraclePaths(
      inside.map((event) => ({
        person: event.person,
        id: event.event_id,
        time: event.time,
        event: event.event,
        starts: event.event === 'live_enter' && event.room_id !== '2',
      })),
      3,
      60,
    );
    const result = await runPath(input);
    const told = (map: ReadonlyMap<string, ReadonlySet<number>>): Record<string, number> =>
      Object.fromEntries([...map].map(([key, people]) => [key, people.size]));
    expect(Object.fromEntries(result.paths.map((one) => [one.path.join('>'), one.viewers]))).toEqual(
      told(expected.paths),
    );
    expect(
      Object.fromEntries(result.transitions.map((one) => [`${one.from}>${one.to}`, one.viewers])),
    ).toEqual(told(expected.transitions));
    expect(result.total).toEqual({
      viewers: expected.people,
      starts: expected.starts,
      paths: expected.paths.size,
    });
  });

  it('start with as many viewers as live_daily counts, list the most walked, and say why there are none', async () => {
    const [daily] = await scratch.warehouse.query(
      typedByUser(
        "SELECT viewers FROM wxlive.live_daily WHERE room_id = '1' AND account = 'default' AND day = '2026-11-24'",
      ),
      z.object({ viewers: z.coerce.number() }),
    );
    const result = await runPath({ from: '2026-11-24', to: '2026-11-24', rooms: ['default:1'], limit: 2 });
    expect(result.total.viewers).toBe(daily?.viewers);
    expect(result.paths).toHaveLength(2);
    expect(result.paths[0]?.viewers).toBeGreaterThanOrEqual(result.paths[1]?.viewers ?? 0);
    const nobody = await runPath({ start: { event: 'live_entr' } });
    expect(nobody).toMatchObject({ paths: [], transitions: [], total: { viewers: 0 } });
    expect(nobody.notes[0]).toContain('live_enter');
  });
});
