import { describe, expect, it } from 'vitest';

import { measureConcurrency } from '../../../../reports/analyses/audience/concurrency.js';
import { createRoomAudience } from '../../../../reports/analyses/audience/room.js';
import {
  deriveWatchIntervals,
  mergeLives,
  splitByLives,
} from '../../../../reports/analyses/audience/watch-intervals.js';
import { oracleAudience } from '../../../oracles/audience.js';

import { actsOf, randomRoom, SPAN } from './random-room.js';

describe('the audience of a room equals a look at every millisecond', () => {
  it('on random rooms', () => {
    let replays = 0;
    for (let seed = 1; seed <= 5000; seed += 1) {
      const { acts, lives, timeoutMs } = randomRoom(seed);
      const expected = oracleAudience(acts, mergeLives(lives), timeoutMs, SPAN);
      const people = [...new Set(acts.map(({ person }) => person))];
      const room = createRoomAudience({
        platform: 'miniprogram',
        account: 'default',
        roomId: '1',
        lives,
        range: { fromMs: null, toMs: null },
        timeoutMs,
        timeZone: 'UTC',
      });
      for (const person of people)
        room.addViewer({ live: actsOf(acts, person, false), replay: actsOf(acts, person, true) });
      const result = room.result();
      expect(
        {
          viewers: result.viewers,
          views: result.views,
          watchMs: Math.round(result.watch_seconds * 1000),
          peak: result.peak_concurrent,
          peakAt: result.peak_at === null ? null : Date.parse(result.peak_at),
          replayMs: Math.round(result.replay_seconds * 1000),
          replayViewers: result.replay_viewers,
        },
        `seed ${seed}`,
      ).toEqual({
        viewers: expected.viewers,
        views: expected.views,
        watchMs: expected.watchMs,
        peak: expected.peak,
        peakAt: expected.peakAt,
        replayMs: expected.replayMs,
        replayViewers: expected.replayViewers,
      });
      replays += expected.replayViewers;
    }
    expect(replays).toBeGreaterThan(500);
  });

  it('at every instant', () => {
    for (let seed = 1; seed <= 1000; seed += 1) {
      const { acts, lives, timeoutMs } = randomRoom(seed);
      const expected = oracleAudience(acts, mergeLives(lives), timeoutMs, SPAN);
      const intervals = [...new Set(acts.map(({ person }) => person))].flatMap((person) =>
        deriveWatchIntervals(actsOf(acts, person, false), timeoutMs).flatMap(
          (one) => splitByLives(one, mergeLives(lives)).live,
        ),
      );
      const { onlineAt } = measureConcurrency(intervals);
      for (let time = 0; time < SPAN; time += 1)
        expect(onlineAt(time), `seed ${seed} at ${time}`).toBe(expected.onlineAt(time));
    }
  });
});

describe('the curve and the average', () => {
  const settings = {
    platform: 'miniprogram',
    account: 'default',
    roomId: '1',
    range: { fromMs: null, toMs: null },
    timeoutMs: 120_000,
    timeZone: 'Asia/Shanghai',
  };
  const nobody = { count: 0, times: [], kinds: [] };

  it('shows each minute of the live at its last instant and divides by its seconds', () => {
    const start = Date.parse('2026-11-23T20:00:00+08:00');
    const room = createRoomAudience({ ...settings, lives: [{ from: start, to: start + 180_000 }] });
    // Enters at 20:00:30, leaves exactly at 20:01:59.999: no longer there at that instant.
    room.addViewer({
      live: { count: 2, times: [start + 30_000, start + 119_999], kinds: [1, 2] },
      replay: nobody,
    });
    const result = room.result();
    expect(result.curve).toEqual([
      { minute: '2026-11-23T20:00:00.000+08:00', online: 1 },
      { minute: '2026-11-23T20:01:00.000+08:00', online: 0 },
      { minute: '2026-11-23T20:02:00.000+08:00', online: 0 },
    ]);
    expect(result.average_concurrent).toBeCloseTo(89_999 / 180_000, 12);
    expect(result.stayed[0]).toEqual({ minutes: 1, viewers: 1, share: 1 });
    expect(result.stayed[1]).toEqual({ minutes: 3, viewers: 0, share: 0 });
  });

  it('divides by first to last event where no bounds are known', () => {
    const room = createRoomAudience({ ...settings, lives: [] });
    room.addViewer({ live: { count: 2, times: [0, 60_000], kinds: [1, 2] }, replay: nobody });
    room.addViewer({ live: { count: 2, times: [30_000, 90_000], kinds: [1, 2] }, replay: nobody });
    expect(room.result().average_concurrent).toBeCloseTo(120_000 / 90_000, 12);
    expect(room.result().curve.map(({ online }) => online)).toEqual([2, 0]);
  });
});
