import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';

import { attribution } from '../../../../reports/analyses/attribution/run.js';
import {
  ATTRIBUTION_MODELS,
  parseSpec,
  type AttributionResult,
  type AttributionSpec,
} from '../../../../schemas/index.js';
import { typedByUser } from '../../../../sql/index.js';
import { oracleCredits, type OracleAttribution, type OracleTouch } from '../../../oracles/attribution.js';
import { inScope, meets } from '../../../oracles/where.js';
import { runAnalysis } from '../run-analysis.js';
import {
  insertEvents,
  openScratchWarehouse,
  viewerOf,
  ZONE,
  type ScratchWarehouse,
} from '../scratch-warehouse.js';
import { randomVisits, START } from '../touch-scene.js';

import { differences } from './differences.js';

const DAY = 86_400_000;
const PEOPLE = 200;
const events = randomVisits(11, PEOPLE);
let scratch: ScratchWarehouse;
let touches: z.infer<typeof touchSchema>[] = [];

const touchSchema = z.object({
  viewer: z.string(),
  time: z.coerce.number(),
  event_id: z.string(),
  channel: z.string(),
  utm_source: z.string().nullable(),
  utm_medium: z.string().nullable(),
  utm_campaign: z.string().nullable(),
});

beforeAll(async () => {
  scratch = await openScratchWarehouse();
  await insertEvents(scratch.warehouse, events);
  touches = await scratch.warehouse.query(
    typedByUser(
      'SELECT toString(viewer) AS viewer, toUnixTimestamp64Milli(touch_time) AS time, event_id, channel, utm_source, utm_medium, utm_campaign FROM wxlive.touches',
    ),
    touchSchema,
  );
}, 120_000);
afterAll(async () => {
  await scratch.close();
});

const SPECS: readonly object[] = [
  {},
  { channel: 'utm_source' },
  { channel: 'utm_source/utm_medium' },
  { channel: 'utm_campaign', lookback_days: 0.25 },
  { lookback_days: 0 },
  { unit: 'viewer', markov_order: 2 },
  { from: '2026-11-24', to: '2026-11-24', markov_order: 3 },
  { from: '2026-11-24', rooms: ['1'], accounts: ['default'] },
  { where: [{ field: 'amount_fen', op: 'gt', value: 3000 }] },
  { conversion: { event: 'goods_click', value: null }, half_life_days: 0.5, position: [0.5, 0.2] },
];

describe('attribution over the warehouse equals brute force over its touches', () => {
  it.each(SPECS.map((spec) => [JSON.stringify(spec), spec] as const))('%s', async (_name, input) => {
    const parsed = parseSpec(attribution.spec, input);
    if (!parsed.ok) throw new Error(parsed.failure.message);
    const spec = parsed.value;
    const outcome = await runAnalysis(attribution, scratch.warehouse, spec, { timeZone: ZONE });
    if (!outcome.ok) throw new Error(outcome.failure.message);
    const oracle = oracleInput(spec);
    expect(outcome.value.conversions).toBeGreaterThan(0);
    expect(sum(outcome.value, 'null_paths')).toBeGreaterThan(0);
    for (const model of ATTRIBUTION_MODELS) {
      expect(differences(outcome.value.models[model] ?? [], oracleCredits(oracle, model)), model).toEqual([]);
    }
  });

  it('takes a path summary instead', async () => {
    const parsed = parseSpec(attribution.spec, {
      paths: [
        { path: ['a', 'b'], conversions: 2 },
        { path: [], conversions: 1, value: 5 },
        { path: ['a'], null_paths: 3 },
      ],
    });
    if (!parsed.ok) throw new Error(parsed.failure.message);
    const outcome = await runAnalysis(attribution, scratch.warehouse, parsed.value, { timeZone: ZONE });
    if (!outcome.ok) throw new Error(outcome.failure.message);
    expect(Object.keys(outcome.value.models)).not.toContain('time_decay');
    expect(outcome.value).toMatchObject({ conversions: 3, value: 5 });
    expect(outcome.value.models.linear).toEqual([
      { channel: '(none)', conversions: 1, value: 5 },
      { channel: 'a', conversions: 1, value: 0 },
      { channel: 'b', conversions: 1, value: 0 },
    ]);
    const refused = parseSpec(attribution.spec, { paths: [], models: ['time_decay'] });
    expect(refused.ok ? '' : refused.failure.message).toContain('time_decay');
  });
});

function sum(result: AttributionResult, key: 'null_paths'): number {
  return result.paths.reduce((before, row) => before + row[key], 0);
}

function oracleInput(spec: AttributionSpec): OracleAttribution {
  const inside = events.filter((event) => inScope(event, spec));
  const converted = inside.filter(
    (event) => event.event === spec.conversion.event && meets(event, spec.where),
  );
  const people = [...new Set(inside.map(({ person }) => person))];
  const persons = new Map(Array.from({ length: PEOPLE }, (_, person) => [viewerOf(person), person]));
  const day = (text: string | number | null, add: number): number | null =>
    typeof text === 'string'
      ? START + Math.round((Date.parse(`${text}T00:00:00+08:00`) - START) / DAY + add) * DAY
      : null;
  return {
    touches: touches.map((touch): OracleTouch => {
      const columns = spec.channel.split('/').map((column) => touch[column as 'channel'] || '(not set)');
      return {
        person: persons.get(touch.viewer) ?? -1,
        time: touch.time,
        id: touch.event_id,
        label: touch.channel === 'direct' ? 'direct' : columns.join('/'),
      };
    }),
    conversions: converted.map(({ person, time, event_id, amount_fen }) => ({
      person,
      time,
      id: event_id,
      value: spec.conversion.value === null ? 0 : (amount_fen ?? 0),
    })),
    lost: people.filter((person) => !converted.some((conversion) => conversion.person === person)),
    from: day(spec.from, 0),
    to: day(spec.to, 1),
    lookbackMs: spec.lookback_days * DAY,
    halfLifeMs: spec.half_life_days * DAY,
    position: spec.position,
    markovOrder: spec.markov_order,
    unit: spec.unit,
  };
}
