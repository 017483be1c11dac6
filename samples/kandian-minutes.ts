import { beijingTime, MINUTE_MS, type KandianPlan } from './company.js';
import type { SeededRandom } from './random.js';

/** One minute of a 看点 live as its console counts it. */
export interface SampleMinute {
  readonly minute: number;
  readonly online: number;
  readonly uv: number;
  readonly pv: number;
  readonly likes: number;
  readonly comments: number;
  readonly shares: number;
  readonly requests: number;
  readonly flux_mb: number;
  readonly bandwidth_mbps: number;
}

/** A steep rise, a second hill with the lottery, a long way down. */
export function buildMinutes(random: SeededRandom, firstDay: string, live: KandianPlan): SampleMinute[] {
  const start = beijingTime(firstDay, live.day, live.start);
  return Array.from({ length: live.minutes }, (_, at) => {
    const x = at / live.minutes;
    const rise = 1 / (1 + Math.exp(-(x - 0.12) * 26));
    const fall = 1 / (1 + Math.exp((x - 0.9) * 22));
    const hill = 1 + 0.35 * Math.exp(-(((x - 0.62) / 0.09) ** 2));
    const shape = (rise * fall * hill) / 1.35;
    const online = Math.round(live.peak * shape * (1 + random.normal(0, 0.02)) + 40);
    const pv = Math.round(online * (0.1 + 0.5 * Math.max(0, 0.25 - x)) * (1 + random.normal(0, 0.08)));
    const bandwidth = online * 0.22 * (1 + random.normal(0, 0.03));
    return {
      minute: start + at * MINUTE_MS,
      online,
      uv: Math.round(pv * 0.82),
      pv,
      likes: Math.round(online * random.next() * 0.7),
      comments: Math.round(online * random.next() * 0.05),
      shares: Math.round(online * random.next() * 0.006),
      requests: Math.round(online * (6 + random.next() * 4)),
      flux_mb: Number(((bandwidth * 60) / 8).toFixed(2)),
      bandwidth_mbps: Number(bandwidth.toFixed(3)),
    };
  });
}

/** A later export: some minutes were counted again and came out a little higher. */
export function restate(minutes: readonly SampleMinute[], from: number, count: number): SampleMinute[] {
  return minutes.slice(from, from + count).map((minute, at) => ({
    ...minute,
    uv: minute.uv + 3 + (at % 5),
    pv: minute.pv + 5 + (at % 7),
  }));
}
