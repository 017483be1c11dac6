import type { FunnelResult, FunnelSpec, FunnelStepResult } from '../../schemas/index.js';
import type { ScratchEvent } from '../reports/analyses/scratch-warehouse.js';

import { oracleBest, type OracleEvent, type OracleFunnel } from './funnel.js';
import { fieldOf, inScope, meets } from './where.js';

/** A whole funnel result by brute force, from events as a test wrote them. */
export function oracleFunnel(
  all: readonly ScratchEvent[],
  spec: FunnelSpec,
  zone: string,
): Pick<FunnelResult, 'steps' | 'breakdown' | 'trend'> & { stoppedAt(step: number): number[] } {
  const inside = all.filter((event) => inScope(event, spec) && meets(event, spec.where));
  const byPerson = new Map<number, ScratchEvent[]>();
  for (const event of inside) byPerson.set(event.person, [...(byPerson.get(event.person) ?? []), event]);
  const correlate =
    typeof spec.correlate === 'string' ? { field: spec.correlate, from_step: 1 } : spec.correlate;
  const plan: OracleFunnel = {
    steps: spec.steps.length,
    order: spec.order,
    windowMs: spec.window_seconds * 1000,
    exclusions: spec.exclusions.map(({ from_step, to_step }) => ({
      fromStep: from_step,
      toStep: to_step ?? spec.steps.length,
    })),
    correlateFrom: correlate?.from_step ?? 0,
  };
  const fits = (
    event: ScratchEvent,
    part: FunnelSpec['steps'][number] | FunnelSpec['exclusions'][number],
  ): boolean =>
    part.any_of === undefined
      ? event.event === part.event && meets(event, part.where)
      : part.any_of.some((one) => event.event === one.event && meets(event, [...one.where, ...part.where]));
  const originals = new Map<string, ScratchEvent>();
  const people = [...byPerson].map(([person, events]) => ({
    person,
    events: events.map((event): OracleEvent => {
      originals.set(event.event_id, event);
      return {
        id: event.event_id,
        time: event.time,
        fits: spec.steps.flatMap((step, index) => (fits(event, step) ? [index + 1] : [])),
        excludes: spec.exclusions.flatMap((exclusion, index) => (fits(event, exclusion) ? [index] : [])),
        heartbeat: event.event === 'live_heartbeat',
        value: correlate === null ? '' : String(fieldOf(event, correlate.field) ?? ''),
      };
    }),
  }));
  const bests = people.flatMap(({ person, events }) => {
    const way = oracleBest(events, plan);
    return way === null ? [] : [{ person, way }];
  });
  const { breakdown, trend } = spec;
  const valueOf = (event: OracleEvent | undefined): string => {
    const original = event === undefined ? undefined : originals.get(event.id);
    return original === undefined || breakdown === null
      ? ''
      : String(fieldOf(original, breakdown.field) ?? '');
  };
  const groupOf = (way: readonly OracleEvent[]): string => {
    if (breakdown?.attribution === 'step') return valueOf(way[breakdown.step - 1]) || '(none)';
    const values = way.map(valueOf).filter((value) => value !== '');
    return (breakdown?.attribution === 'last' ? values.at(-1) : values[0]) ?? '(none)';
  };
  const periodOf = (time: number): string => {
    const day = new Intl.DateTimeFormat('en-CA', { timeZone: zone, dateStyle: 'short' }).format(time);
    const date = new Date(`${day}T00:00:00Z`);
    if (trend === 'month') return `${day.slice(0, 8)}01`;
    if (trend === 'week') date.setUTCDate(date.getUTCDate() - ((date.getUTCDay() + 6) % 7));
    return date.toISOString().slice(0, 10);
  };
  const names = spec.steps.map((step, index) =>
    spec.order === 'unordered'
      ? `any ${index + 1}`
      : (step.name ?? (step.any_of ?? [{ event: step.event ?? '' }]).map(({ event }) => event).join(' / ')),
  );
  const stepsOf = (ways: readonly (readonly OracleEvent[])[]): FunnelStepResult[] =>
    names.map((name, index) => {
      const reached = ways.filter((way) => way.length > index);
      const before = ways.filter((way) => way.length >= index).length;
      const gaps =
        index === 0
          ? []
          : reached.map((way) => (way[index]?.time ?? 0) - (way[index - 1]?.time ?? 0)).sort((a, b) => a - b);
      const half = gaps.length / 2;
      const median =
        gaps.length % 2 === 1
          ? (gaps[Math.floor(half)] ?? 0)
          : ((gaps[half - 1] ?? 0) + (gaps[half] ?? 0)) / 2;
      return {
        step: index + 1,
        name,
        viewers: reached.length,
        from_previous: index === 0 ? null : before === 0 ? 0 : reached.length / before,
        from_first: ways.length === 0 ? 0 : reached.length / ways.length,
        median_seconds: gaps.length === 0 ? null : median / 1000,
        mean_seconds: gaps.length === 0 ? null : gaps.reduce((sum, gap) => sum + gap, 0) / gaps.length / 1000,
      };
    });
  const ways = bests.map(({ way }) => way);
  const listBreakdown = (): NonNullable<FunnelResult['breakdown']> => {
    const values = [...new Set(ways.map(groupOf))]
      .map((value) => ({ value, ways: ways.filter((way) => groupOf(way) === value) }))
      .sort((left, right) => right.ways.length - left.ways.length || (left.value < right.value ? -1 : 1));
    const limit = breakdown?.limit ?? 0;
    const listed = values.slice(0, limit);
    const rest = values.slice(limit).flatMap((group) => group.ways);
    return [...listed, ...(values.length > limit ? [{ value: '(other)', ways: rest }] : [])].map((group) => ({
      value: group.value,
      steps: stepsOf(group.ways),
    }));
  };
  const listTrend = (): NonNullable<FunnelResult['trend']> => {
    const waysOf = (period: string): (readonly OracleEvent[])[] =>
      people.flatMap(({ events }) => {
        const way = oracleBest(events, plan, (time) => periodOf(time) === period);
        return way === null ? [] : [way];
      });
    const seen = [...new Set(all.map(({ time }) => periodOf(time)))]
      .filter((period) => waysOf(period).length > 0)
      .sort();
    const day = 86_400_000;
    const first =
      typeof spec.from === 'string' ? periodOf(Date.parse(`${spec.from}T00:00:00+08:00`)) : seen[0];
    const last =
      typeof spec.to === 'string' ? periodOf(Date.parse(`${spec.to}T00:00:00+08:00`)) : seen.at(-1);
    if (first === undefined || last === undefined) return [];
    const periods = new Set<string>();
    for (let time = Date.parse(`${first}T12:00:00+08:00`); periodOf(time) <= last; time += day)
      periods.add(periodOf(time));
    return [...periods].map((period) => ({ period, steps: stepsOf(waysOf(period)) }));
  };
  return {
    steps: stepsOf(ways),
    ...(breakdown === null ? {} : { breakdown: listBreakdown() }),
    ...(trend === null ? {} : { trend: listTrend() }),
    stoppedAt: (step) =>
      bests
        .filter(({ way }) => way.length === step)
        .map(({ person }) => person)
        .sort((a, b) => a - b),
  };
}
