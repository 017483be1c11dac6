import { beijingTime, GOODS, MINUTE_MS, type KandianPlan } from './company.js';
import { pickEntrance, pickH5Entrance } from './entrances.js';
import type { Script } from './script.js';
import type { Viewer } from './viewers.js';

/**
 * Looks into the mall between morning and evening, told by Sensors, and reservations of the evening's live, told
 * by We分析. At least half an hour before any live, so that each visit is a touch of its own.
 */
export function playDaytime(
  script: Script,
  firstDay: string,
  day: number,
  viewers: readonly Viewer[],
  known: Set<Viewer>,
): void {
  const { random } = script;
  for (const viewer of viewers) {
    if (!random.chance(Math.min(0.8, 0.17 * viewer.zeal))) continue;
    const entrance = pickEntrance(random, known.has(viewer) || viewer.tier !== 'new');
    known.add(viewer);
    const from = beijingTime(firstDay, day, 540 + random.next() * 540);
    const query = entrance.query === '' ? null : entrance.query;
    const told = { told_by: 'sensors' } as const;
    script.tell('mini_launch', from, viewer, { ...told, scene: entrance.scene, query });
    let time = from + random.integer(5, 900);
    const looks = random.integer(1, 4);
    for (let look = 0; look < looks; look += 1) {
      const goods = random.pick(GOODS);
      script.tell('page_view', time, viewer, { ...told, props: { goods: goods.id, title: goods.name } });
      time += random.integer(4_000, 70_000);
    }
    script.tell('mini_hide', time, viewer, { ...told, props: { seconds: (time - from) / 1000 } });
    if (random.chance(0.3)) {
      // A clock of seconds, like the whole of that console.
      const second = Math.round((time - 2_000) / 1000) * 1000;
      script.tell('live_subscribe', second, viewer, { told_by: 'wedata', scene: entrance.scene });
    }
  }
}

/** People with a unionid on the H5 pages of a 看点 live. Returns who came. */
export function playH5(
  script: Script,
  firstDay: string,
  live: KandianPlan,
  viewers: readonly Viewer[],
): Viewer[] {
  const { random } = script;
  const start = beijingTime(firstDay, live.day, live.start);
  const end = start + live.minutes * MINUTE_MS;
  const came: Viewer[] = [];
  for (const viewer of viewers) {
    if (viewer.unionid === null || !random.chance(Math.min(0.9, live.pull * viewer.zeal))) continue;
    came.push(viewer);
    const { url, referrer, code } = pickH5Entrance(random, live.room);
    const from = start + random.next() * live.minutes * 0.9 * MINUTE_MS;
    const to = Math.min(end, from + random.logNormal(6, 0.9) * MINUTE_MS);
    const here = { platform: 'kandian', room_id: live.room } as const;
    if (code !== null) {
      const click = { platform: 'kandian', query: `c=${code}` } as const;
      script.tell('link_click', from - random.integer(2_000, 9_000), viewer, click);
    }
    script.tell('page_view', from, viewer, { ...here, url, referrer });
    const entered = from + random.integer(500, 3_000);
    script.tell('live_enter', entered, viewer, here);
    for (let beat = entered + MINUTE_MS; beat < to; beat += MINUTE_MS) {
      script.tell('live_heartbeat', beat, viewer, here);
    }
    for (
      let time = entered + random.exponential(3) * MINUTE_MS;
      time < to;
      time += random.exponential(4) * MINUTE_MS
    ) {
      script.tell('live_like', time, viewer, here);
    }
    const props = { watch_ms: Math.max(0, Math.round(to - entered)) };
    script.tell('live_leave', Math.max(to, entered + 1), viewer, { ...here, props });
  }
  return came;
}

/** A crawler's visits: stored, counted nowhere. */
export function playCrawler(script: Script, firstDay: string, days: number, bot: Viewer): void {
  const { random } = script;
  for (let at = 0; at < days * 12; at += 1) {
    const time = beijingTime(firstDay, Math.floor(at / 12), random.next() * 1_439);
    script.tell('mini_launch', time, bot, { scene: 1129, query: null });
  }
}
