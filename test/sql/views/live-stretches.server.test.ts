import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { mergeLives } from '../../../reports/analyses/audience/watch-intervals.js';
import { typedByUser } from '../../../sql/index.js';
import { oracleAudience } from '../../oracles/audience.js';
import { randomRoom, SPAN } from '../../reports/analyses/audience/random-room.js';
import {
  insertEvents,
  openScratchWarehouse,
  type ScratchWarehouse,
} from '../../reports/analyses/scratch-warehouse.js';

/**
 * Watching as the views tell it (`audience_minute`, `live_daily`) beside a look at every instant: the same rooms that
 * the analysis `audience` is judged by, a tick of theirs taken as 20 seconds.
 */
const TICK_MS = 20_000;
/** The views end a stretch after two minutes of silence. */
const TIMEOUT_TICKS = 6;
const START = Date.parse('2026-11-23T10:00:00+08:00');
const ROOMS = 150;
/** Of instants that both end a minute and lie in a tick. */
const TICKS_A_MINUTE = 60_000 / TICK_MS;

const rooms = Array.from({ length: ROOMS }, (_, room) => {
  const { acts, lives } = randomRoom(room + 1);
  return { room: `r${room}`, acts, lives: mergeLives(lives) };
});
const clockOf = (tick: number): string =>
  new Date(START + tick * TICK_MS).toISOString().slice(0, 23).replace('T', ' ');
let scratch: ScratchWarehouse;

beforeAll(async () => {
  scratch = await openScratchWarehouse();
  const { warehouse } = scratch;
  await insertEvents(
    warehouse,
    rooms.flatMap(({ room, acts }) =>
      acts.map(({ person, time, event, replay }, index) => ({
        ...{ event_id: `${room}-${index}`, person: person + 1, event, room_id: room },
        time: START + time * TICK_MS,
        ...(replay ? { props: { live_source: 'replay' } } : {}),
      })),
    ),
  );
  const lives = rooms.flatMap(({ room, lives }) =>
    lives.map(({ from, to }, index) => ({
      ...{ platform: 'miniprogram', account: 'default', room_id: room, live_id: `${room}-live${index}` },
      ...{ told_by: 'info', started_at: clockOf(from), ended_at: clockOf(to), batch_seq: 1 },
    })),
  );
  await warehouse.insert({
    table: 'wxlive_store.lives_store',
    columns: Object.keys(lives[0] ?? {}),
    format: 'JSONEachRow',
    body: Buffer.from(lives.map((row) => JSON.stringify(row)).join('\n')),
  });
}, 120_000);
afterAll(async () => {
  await scratch.close();
});

describe('watching in the views', () => {
  it('is within the lives that are known, replays apart, in live_daily and minute by minute', async () => {
    const watched = await scratch.warehouse.query(
      typedByUser(
        'SELECT room_id AS room, toFloat64(sum(watch_seconds)) AS seconds FROM wxlive.live_daily GROUP BY room_id',
      ),
      z.object({ room: z.string(), seconds: z.coerce.number() }),
    );
    const online = await scratch.warehouse.query(
      typedByUser(
        'SELECT room_id AS room, toUnixTimestamp64Milli(minute) AS minute, online FROM wxlive.audience_minute WHERE online > 0',
      ),
      z.object({ room: z.string(), minute: z.coerce.number(), online: z.coerce.number() }),
    );
    let seen = 0;
    for (const { room, acts, lives } of rooms) {
      const oracle = oracleAudience(acts, lives, TIMEOUT_TICKS, SPAN);
      const seconds = watched.find((row) => row.room === room)?.seconds ?? 0;
      expect(seconds, room).toBe((oracle.watchMs * TICK_MS) / 1000);
      const expected = new Map<number, number>();
      for (let end = TICKS_A_MINUTE; end <= SPAN + TICKS_A_MINUTE; end += TICKS_A_MINUTE) {
        const there = oracle.onlineAt(end - 1);
        if (there > 0) expected.set(START + end * TICK_MS - 60_000, there);
      }
      seen += expected.size;
      const found = new Map(online.filter((row) => row.room === room).map((row) => [row.minute, row.online]));
      expect(found, room).toEqual(expected);
    }
    expect(seen).toBeGreaterThan(ROOMS);
  });
});
