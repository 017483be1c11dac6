import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { z } from 'zod';

import type {
  AttendanceResult,
  AttributionResult,
  AudienceResult,
  ExperimentResult,
  FunnelResult,
} from '../../../schemas/index.js';

export const SAMPLES = join(import.meta.dirname, '../../fixtures/samples');

const stepSchema = z.object({
  viewers: z.number(),
  from_previous: z.number().nullable(),
  from_first: z.number(),
  median_seconds: z.number().nullable(),
  mean_seconds: z.number().nullable(),
});
const figuresSchema = z.object({
  expected: z.number(),
  attended: z.number(),
  finished: z.number(),
  signed: z.number(),
});
const variantFiguresSchema = z.object({
  users: z.number(),
  conversions: z.number().optional(),
  rate: z.number().optional(),
  mean: z.number().optional(),
  interval: z.tuple([z.number(), z.number()]).optional(),
});
const base = { name: z.string(), after_phase: z.string(), spec: z.unknown() };
const expectedAnalysisSchema = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('funnel'),
    ...base,
    steps: z.array(stepSchema),
    breakdown_viewers: z.record(z.string(), z.array(z.number())).optional(),
  }),
  z.object({
    kind: z.literal('attribution'),
    ...base,
    conversions: z.number(),
    value: z.number(),
    models: z.record(z.string(), z.record(z.string(), z.tuple([z.number(), z.number().nullable()]))),
  }),
  z.object({
    kind: z.literal('experiment'),
    ...base,
    result: z
      .object({
        difference: z
          .object({
            variant: z.string(),
            difference: z.number(),
            lift: z.number(),
            z: z.number(),
            p: z.number(),
            newcombe: z.tuple([z.number(), z.number()]),
            chance_to_win: z.number(),
          })
          .optional(),
        srm: z.object({ chi2: z.number(), p: z.number() }).optional(),
      })
      .catchall(variantFiguresSchema),
  }),
  z.object({
    kind: z.literal('audience'),
    ...base,
    rooms: z.array(
      z.object({
        account: z.string(),
        room: z.string(),
        viewers: z.number(),
        views: z.number(),
        watch_seconds: z.number(),
        average: z.number(),
        peak: z.number(),
        peak_at_ms: z.number(),
        online_sum: z.number(),
        stayed: z.array(z.tuple([z.number(), z.number()])),
      }),
    ),
  }),
  z.object({
    kind: z.literal('attendance'),
    ...base,
    lives: z.record(z.string(), z.record(z.string(), figuresSchema)),
    total: figuresSchema,
  }),
]);
export type ExpectedAnalysis = z.infer<typeof expectedAnalysisSchema>;

const expectedSchema = z.object({
  pseudonym_key: z.string(),
  passwords: z.record(z.string(), z.string()),
  imports: z.array(
    z.object({
      phase: z.string(),
      files: z.array(z.string()),
      room: z.string().nullable(),
      password: z.string().nullable(),
      exit: z.array(z.number()),
      args: z.array(z.string()).optional(),
    }),
  ),
  analyses: z.array(expectedAnalysisSchema),
});

/** What `expected.json` says of the analyses, and what has to be imported before. */
export function readExpected(): z.infer<typeof expectedSchema> {
  return expectedSchema.parse(JSON.parse(readFileSync(join(SAMPLES, 'expected.json'), 'utf8')));
}

/** Where a result leaves what was expected; empty when it does not. Figures are stated to nine digits. */
export function compareResult(expected: ExpectedAnalysis, result: unknown): string[] {
  switch (expected.kind) {
    case 'funnel':
      return compareFunnel(expected, result as FunnelResult);
    case 'attribution':
      return compareAttribution(expected, result as AttributionResult);
    case 'audience':
      return compareAudience(expected, result as AudienceResult);
    case 'attendance':
      return compareAttendance(expected, result as AttendanceResult);
    case 'experiment':
      return compareExperiment(expected, result as ExperimentResult);
  }
}

type Expected<Kind> = Extract<ExpectedAnalysis, { kind: Kind }>;

function difference(place: string, found: number | null | undefined, wanted: number | null): string[] {
  if (found === wanted) return [];
  const near =
    typeof found === 'number' &&
    wanted !== null &&
    Math.abs(found - wanted) <= 1e-6 * Math.max(1, Math.abs(wanted));
  return near ? [] : [`${place}: found ${String(found)}, expected ${String(wanted)}`];
}

function compareFunnel(expected: Expected<'funnel'>, result: FunnelResult): string[] {
  const steps = expected.steps.flatMap((step, index) =>
    Object.entries(step).flatMap(([key, wanted]) =>
      difference(`step ${index + 1} ${key}`, result.steps[index]?.[key as keyof typeof step], wanted),
    ),
  );
  if (expected.breakdown_viewers === undefined) return steps;
  const found = Object.fromEntries(
    (result.breakdown ?? []).map((group) => [group.value, group.steps.map(({ viewers }) => viewers)]),
  );
  const values = new Set([...Object.keys(found), ...Object.keys(expected.breakdown_viewers)]);
  const groups = [...values].flatMap((value) => {
    const pair = [found[value], expected.breakdown_viewers?.[value]].map((viewers) =>
      JSON.stringify(viewers),
    );
    return pair[0] === pair[1]
      ? []
      : [`group ${value}: found ${String(pair[0])}, expected ${String(pair[1])}`];
  });
  return [...steps, ...groups];
}

function compareAttribution(expected: Expected<'attribution'>, result: AttributionResult): string[] {
  const differences = [
    ...difference('conversions', result.conversions, expected.conversions),
    ...difference('value', result.value, expected.value),
  ];
  for (const [model, credits] of Object.entries(expected.models)) {
    const rows = new Map(
      result.models[model as keyof typeof result.models]?.map((row) => [row.channel, row]),
    );
    for (const channel of new Set([...rows.keys(), ...Object.keys(credits)])) {
      const [conversions, value] = credits[channel] ?? [0, 0];
      const row = rows.get(channel) ?? { conversions: 0, value: 0 };
      differences.push(...difference(`${model} ${channel} conversions`, row.conversions, conversions));
      if (value !== null) differences.push(...difference(`${model} ${channel} value`, row.value, value));
    }
  }
  return differences;
}

function compareAudience(expected: Expected<'audience'>, result: AudienceResult): string[] {
  return expected.rooms.flatMap((wanted) => {
    const room = result.rooms.find(
      ({ account, room_id }) => account === wanted.account && room_id === wanted.room,
    );
    const place = `${wanted.account}:${wanted.room}`;
    if (room === undefined) return [`${place} is missing`];
    return [
      ...difference(`${place} viewers`, room.viewers, wanted.viewers),
      ...difference(`${place} views`, room.views, wanted.views),
      ...difference(`${place} watch_seconds`, room.watch_seconds, wanted.watch_seconds),
      ...difference(`${place} average`, room.average_concurrent, wanted.average),
      ...difference(`${place} peak`, room.peak_concurrent, wanted.peak),
      ...difference(
        `${place} peak_at`,
        room.peak_at === null ? null : Date.parse(room.peak_at),
        wanted.peak_at_ms,
      ),
      ...difference(
        `${place} curve`,
        room.curve.reduce((sum, { online }) => sum + online, 0),
        wanted.online_sum,
      ),
      ...wanted.stayed.flatMap(([minutes, viewers]) =>
        difference(
          `${place} stayed ${minutes}`,
          room.stayed.find((row) => row.minutes === minutes)?.viewers,
          viewers,
        ),
      ),
    ];
  });
}

function compareAttendance(expected: Expected<'attendance'>, result: AttendanceResult): string[] {
  const figures = (
    place: string,
    found: Record<string, unknown> | undefined,
    wanted: Record<string, number>,
  ): string[] =>
    Object.entries(wanted).flatMap(([key, value]) => {
      const figure = found?.[key];
      return difference(`${place} ${key}`, typeof figure === 'number' ? figure : undefined, value);
    });
  const rows = Object.entries(expected.lives).flatMap(([live, departments]) =>
    Object.entries(departments).flatMap(([department, wanted]) =>
      figures(
        `${live} ${department}`,
        result.rows.find((row) => row.live_id === live && row.department === department),
        wanted,
      ),
    ),
  );
  return [...rows, ...figures('total', result.total, expected.total)];
}

function compareExperiment({ result: expected }: Expected<'experiment'>, result: ExperimentResult): string[] {
  if (!('variants' in result)) return ['a plan instead of a result'];
  const rowOf = (name: string): (typeof result.variants)[number] | undefined =>
    result.variants.find(({ variant }) => variant === name);
  const { difference: compared, srm, ...variants } = expected;
  const differences = Object.entries(variants).flatMap(([name, wanted]) => {
    const row = rowOf(name);
    return [
      ...difference(`${name} users`, row?.users, wanted.users),
      ...(wanted.conversions === undefined
        ? []
        : difference(`${name} conversions`, row?.conversions, wanted.conversions)),
      ...(wanted.rate === undefined ? [] : difference(`${name} rate`, row?.rate, wanted.rate)),
      ...(wanted.mean === undefined ? [] : difference(`${name} mean`, row?.mean, wanted.mean)),
      ...(wanted.interval ?? []).flatMap((bound, index) =>
        difference(`${name} interval ${index}`, row?.rate_interval?.[index], bound),
      ),
    ];
  });
  if (result.variants.length !== Object.keys(variants).length) {
    differences.push(`variants: found ${result.variants.map(({ variant }) => variant).join(', ')}`);
  }
  if (compared !== undefined) {
    const row = rowOf(compared.variant);
    for (const key of ['difference', 'lift', 'z', 'p', 'chance_to_win'] as const) {
      differences.push(...difference(key, row?.[key], compared[key]));
    }
    for (const [index, bound] of compared.newcombe.entries()) {
      differences.push(...difference(`newcombe ${index}`, row?.difference_interval?.[index], bound));
    }
  }
  if (srm !== undefined) {
    differences.push(
      ...difference('chi2', result.srm.chi2, srm.chi2),
      ...difference('srm p', result.srm.p, srm.p),
    );
  }
  return differences;
}
