import { z } from 'zod';

import {
  didYouMean,
  experimentResultSchema,
  experimentSpecSchema,
  shownName,
  fail,
  succeed,
  type AnalysisFailure,
  type ExperimentComparison,
  type ExperimentResult,
  type ExperimentSpec,
  type Language,
  type Outcome,
} from '../../../schemas/index.js';
import {
  campaignTouches,
  checkPatterns,
  createFilter,
  fillSlots,
  loadSql,
  scopeRows,
  touchColumn,
  type Warehouse,
} from '../../../sql/index.js';
import type { Analysis, RunContext } from '../analysis.js';
import { explainEmpty } from '../empty-reason.js';
import { IntegrityError } from '../integrity-error.js';

import { armOfCounts, varianceOf, type Arm } from './arm.js';
import { concludeExperiment } from './conclude.js';
import { usersPerVariant } from './power.js';
import { experimentCharts, experimentTables } from './show.js';

export const experiment: Analysis<typeof experimentSpecSchema, typeof experimentResultSchema> = {
  name: 'experiment',
  title: { zh: '海报与链接实验', en: 'Experiment' },
  spec: experimentSpecSchema,
  result: experimentResultSchema,
  example: { campaign: 'double11_poster', variants: ['a', 'b'], metric: { event: 'order_pay' } },
  run: runExperiment,
  tables: experimentTables,
  charts: experimentCharts,
};

async function runExperiment(
  warehouse: Warehouse,
  spec: ExperimentSpec,
  context: RunContext,
): Promise<Outcome<ExperimentResult, AnalysisFailure>> {
  if (spec.plan !== undefined) {
    const users = usersPerVariant(spec.plan);
    if (!Number.isFinite(users)) {
      return fail({
        code: 'too_large',
        message:
          'plan: more users than can be counted; a larger effect, less power or confidence needs fewer',
        zh: 'plan：所需人数多得无法计算：请改用更大的 effect，或更低的 power、confidence',
      });
    }
    return succeed({ users_per_variant: users, users_total: users * spec.plan.variants, notes: [] });
  }
  if (spec.counts !== undefined) {
    const arms = spec.counts.map(armOfCounts);
    const metric = arms.some(({ total }) => total !== null) ? 'mean' : 'conversion';
    const how = { metric, value: null, language: context.language ?? 'zh' } as const;
    return succeed(concludeExperiment(arms, spec, how));
  }
  return runCampaign(warehouse, spec, spec.campaign ?? '', context);
}

const armSchema = z.object({
  variant: z.string(),
  is_total: z.coerce.number(),
  users: z.coerce.number(),
  conversions: z.coerce.number(),
  value_sum: z.coerce.number(),
  squared_deviations: z.coerce.number(),
});

async function runCampaign(
  warehouse: Warehouse,
  spec: ExperimentSpec,
  campaign: string,
  context: RunContext,
): Promise<Outcome<ExperimentComparison, AnalysisFailure>> {
  const { range } = context;
  const filter = createFilter(context.timeZone);
  const conversion = filter.anyMatch([spec.metric]);
  if (!conversion.ok) return conversion;
  const where = filter.all(spec.where);
  if (!where.ok) return where;
  const { type, event, value: field } = spec.metric;
  const counted = field === null || type === 'conversion';
  const value = counted ? succeed(filter.bind(1, 'Float64')) : filter.number(field);
  if (!value.ok) return value;
  const slots = {
    variant: touchColumn(spec.variant),
    touches: campaignTouches(filter, campaign, spec.variant, spec.variants, range),
    conversion: conversion.value,
    where: where.value,
    value: value.value,
    rows: scopeRows(filter, filter.scope(spec, range, [event])),
  };
  const checked = await checkPatterns(warehouse, filter);
  if (!checked.ok) return checked;

  const rows = await warehouse.query(
    fillSlots(loadSql('experiment/variants'), slots),
    armSchema,
    filter.parameters,
  );
  const total = rows.find(({ is_total }) => is_total === 1);
  const found = rows
    .filter(({ is_total }) => is_total === 0)
    .map(({ variant, users, conversions, value_sum, squared_deviations }): Arm => ({
      variant,
      users,
      conversions,
      total: type === 'mean' ? { sum: value_sum, variance: varianceOf(squared_deviations, users) } : null,
    }));
  checkTotal(found, total?.users ?? 0, total?.conversions ?? 0);
  const arms = withNobody(found, spec);
  const result = concludeExperiment(arms, spec, {
    metric: type,
    value: counted ? null : field,
    language: context.language ?? 'zh',
  });
  if (found.length === 0) {
    const reason = await explainNobody(warehouse, spec, campaign, context);
    return succeed({ ...result, notes: [...result.notes, reason] });
  }
  const unseen = remarkUnseen(arms, found, context.language ?? 'zh');
  const reasons =
    (total?.conversions ?? 0) > 0 ? [] : await explainEmpty(warehouse, spec, range, [event], context);
  return succeed({ ...result, notes: [...result.notes, ...unseen, ...reasons] });
}

/** Σ variants = everybody who took part. */
function checkTotal(arms: readonly Arm[], users: number, conversions: number): void {
  for (const [figure, total] of [
    ['users', users],
    ['conversions', conversions],
  ] as const) {
    const sum = arms.reduce((before, arm) => before + (arm[figure] ?? 0), 0);
    if (sum === total) continue;
    throw new IntegrityError(`experiment: ${figure} of all variants is ${sum}, of everybody ${total}`);
  }
}

/** Adds the variants that a spec names and nobody saw; the baseline stands first, the others by name. */
function withNobody(found: readonly Arm[], { baseline, weights, variants, metric }: ExperimentSpec): Arm[] {
  const named = new Set([
    ...(baseline === undefined ? [] : [baseline]),
    ...Object.keys(weights ?? {}),
    ...variants,
  ]);
  for (const { variant } of found) named.delete(variant);
  const total = metric.type === 'mean' ? { sum: 0, variance: 0 } : null;
  const arms = [
    ...found,
    ...[...named].map((variant): Arm => ({ variant, users: 0, conversions: 0, total })),
  ];
  const rank = ({ variant }: Arm): number => (variant === baseline ? 0 : 1);
  return arms.sort((left, right) => rank(left) - rank(right) || (left.variant < right.variant ? -1 : 1));
}

/** A variant that nobody saw may be a mistyped one. */
function remarkUnseen(arms: readonly Arm[], found: readonly Arm[], language: Language): string[] {
  const known = found.map(({ variant }) => variant);
  const listed = known.slice(0, 10).map(shownName);
  return arms
    .filter(({ variant }) => !known.includes(variant))
    .map(({ variant }) =>
      language === 'zh'
        ? `没有人看到版本「${shownName(variant)}」${didYouMean(variant, known, 'zh')}；有人看到的版本：${listed.join('、')}`
        : `nobody saw variant '${shownName(variant)}'${didYouMean(variant, known)}; seen were ${listed.join(', ')}`,
    );
}

const campaignSchema = z.object({ campaign: z.string() });

/** Why nobody took part: the campaigns that do have variants in the range. */
async function explainNobody(
  warehouse: Warehouse,
  spec: ExperimentSpec,
  campaign: string,
  { timeZone, range, language = 'zh' }: RunContext,
): Promise<string> {
  const filter = createFilter(timeZone);
  const touches = campaignTouches(filter, null, spec.variant, spec.variants, range);
  const sql = fillSlots(loadSql('experiment/campaigns'), { touches });
  const known = (await warehouse.query(sql, campaignSchema, filter.parameters)).map((row) => row.campaign);
  const say = (zh: string, en: string): string => (language === 'zh' ? zh : en);
  const having = spec.variants.length === 0 ? spec.variant : `${spec.variant} ${spec.variants.join(', ')}`;
  const listed = known.slice(0, 10).join(', ');
  return (
    say(
      `所选时间内没有活动「${campaign}」且带有 ${having} 的触点${didYouMean(campaign, known, 'zh')}`,
      `no touch of campaign '${campaign}' with ${having} in the range${didYouMean(campaign, known)}`,
    ) + (known.length === 0 ? '' : say(`；有的活动：${listed}`, `; there are ${listed}`))
  );
}
