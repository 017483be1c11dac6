import { oracleAudience, type OracleAct } from './audience.js';

/** One person for the segments: days are whole numbers of ms here, so that a threshold is met exactly. */
export interface OraclePerson {
  readonly lastMs: number;
  readonly orders: number;
  readonly gmvFen: number;
  readonly watchSeconds: number;
}

export interface OracleThresholds {
  readonly recency_days: readonly number[];
  readonly frequency: readonly number[];
  readonly money_fen: readonly number[];
  readonly watch_seconds: readonly number[];
}

/** `recency,frequency,money,watch` → people and what they paid; a value on a threshold is in the higher band. */
export function oracleSegments(
  people: readonly OraclePerson[],
  thresholds: OracleThresholds,
  asOfMs: number,
): Map<string, { viewers: number; gmv_fen: number }> {
  const found = new Map<string, { viewers: number; gmv_fen: number }>();
  const band = (value: number, list: readonly number[]): number =>
    list.filter((threshold) => threshold <= value).length;
  for (const person of people) {
    const key = [
      band((asOfMs - person.lastMs) / 86_400_000, thresholds.recency_days),
      band(person.orders, thresholds.frequency),
      band(person.gmvFen, thresholds.money_fen),
      band(person.watchSeconds, thresholds.watch_seconds),
    ].join(',');
    const before = found.get(key) ?? { viewers: 0, gmv_fen: 0 };
    found.set(key, { viewers: before.viewers + 1, gmv_fen: before.gmv_fen + person.gmvFen });
  }
  return found;
}

/** What one person watched in a room, by a look at every millisecond. */
export function oracleWatchMs(
  acts: readonly OracleAct[],
  lives: readonly { readonly from: number; readonly to: number }[],
  timeoutMs: number,
  span: number,
): number {
  return oracleAudience(
    acts.filter(({ replay }) => !replay),
    lives,
    timeoutMs,
    span,
  ).watchMs;
}
