import { z } from 'zod';
import {
  fail,
  findMetric,
  PLATFORM_LABELS,
  PLATFORMS,
  succeed,
  type Language,
  type Outcome,
  type ReportDefinition,
  type SectionDefinition,
} from '../../schemas/index.js';
import { loadSql, type SqlParameters, type Warehouse } from '../../sql/index.js';
import { findAnalysis } from '../analyses/index.js';
import { valueText } from '../render/cell-text.js';
import type { LineChart } from '../render/chart-model.js';
import type {
  Highlight,
  MetricEntry,
  ReportDocument,
  ReportPeriod,
  Section,
} from '../render/report-document.js';
import type { Cell, ListedTable, TableColumn } from '../render/table-model.js';
import { say } from '../render/wording.js';
import { periodBefore } from './period.js';

/** What a run of a report is told. */
export interface ReportRun {
  readonly definition: ReportDefinition;
  readonly period: ReportPeriod;
  readonly recipient: string | null;
  readonly language: Language;
  readonly timeZone: string;
  /** UTC ms. */
  readonly now: number;
}

/** A section that could not be computed. */
export interface SectionFailure {
  readonly code: 'section_failed';
  readonly message: string;
}

const cell = z.union([z.string(), z.number(), z.null()]);
const anyRow = z.record(z.string(), cell);
const pointRow = z.object({
  at_ms: z.coerce.number(),
  platform: z.string(),
  series: z.string(),
  value: z.union([z.coerce.number(), z.null()]),
});
const incompleteRow = z.object({
  platform: z.string(),
  source: z.string(),
  missing_day: z.string(),
  reason: z.string(),
});
const newestRow = z.object({ at_ms: z.coerce.number() });
const MINUTE_MS = 60_000;

/** Computes a report. Every figure comes from an analysis or a query over the public views; nothing is made here. */
export async function buildDocument(
  warehouse: Warehouse,
  run: ReportRun,
): Promise<Outcome<ReportDocument, SectionFailure>> {
  const { definition, language, period, timeZone } = run;
  const sections: Section[] = [];
  for (const section of definition.sections) {
    const built = await buildSection(warehouse, section, run);
    if (!built.ok) return built;
    sections.push(built.value);
  }
  const incomplete = await warehouse.query(loadSql('reports/incomplete-sources'), incompleteRow, {
    ...bounds(period),
    zone: timeZone,
  });
  const [newest] = await warehouse.query(loadSql('reports/newest-batch'), newestRow);
  const highlights = await buildHighlights(warehouse, run);
  return succeed({
    name: definition.name,
    title: definition.title[language],
    subtitle: definition.subtitle[language],
    period,
    state: incomplete.length === 0 ? 'complete' : 'provisional',
    stateNote: incomplete.length === 0 ? null : incompleteNote(incomplete, language),
    dataAsOf: newest === undefined || newest.at_ms === 0 ? run.now : newest.at_ms,
    recipient: run.recipient,
    language,
    timeZone,
    highlights,
    summary: summarize(highlights, definition.highlights.tell_from, language, timeZone),
    sections,
    metrics: metricsOf(definition, language),
  });
}

async function buildSection(
  warehouse: Warehouse,
  section: SectionDefinition,
  run: ReportRun,
): Promise<Outcome<Section, SectionFailure>> {
  const { language, period, timeZone } = run;
  const base = {
    id: section.id,
    title: section.title[language],
    ...(section.note === undefined ? {} : { note: section.note[language] }),
  };
  if ('query' in section) {
    const table = await queryTable(warehouse, section, run);
    return succeed({ ...base, tables: [table], charts: [] });
  }
  if ('curve' in section) {
    return succeed({ ...base, tables: [], charts: await curves(warehouse, section.curve, run) });
  }
  const analysis = findAnalysis(section.analysis);
  if (analysis === undefined) {
    return fail({ code: 'section_failed', message: `${section.id}: no analysis "${section.analysis}"` });
  }
  const spec = {
    ...section.spec,
    from: new Date(period.from).toISOString(),
    to: new Date(period.to).toISOString(),
  };
  const answer = await analysis.answer(warehouse, spec, { timeZone, language });
  if (!answer.ok) {
    return fail({ code: 'section_failed', message: `${section.id}: ${answer.failure.message}` });
  }
  return succeed({
    ...base,
    tables: section.tables ? answer.value.tables(language) : [],
    charts: section.charts ? answer.value.charts(language) : [],
  });
}

async function queryTable(
  warehouse: Warehouse,
  section: Extract<SectionDefinition, { query: string }>,
  run: ReportRun,
): Promise<ListedTable> {
  const { language, period, timeZone } = run;
  const rows = await warehouse.query(loadSql(section.query), anyRow, {
    ...bounds(period),
    zone: timeZone,
    ...platformNames(section.query, language),
  });
  const columns = section.columns.map((column): TableColumn => {
    const metric = column.metric === undefined ? undefined : findMetric(column.metric);
    return {
      key: column.key,
      label: column.label?.[language] ?? metric?.[language] ?? column.key,
      kind: column.kind,
      ...(column.metric === undefined ? {} : { metricId: column.metric }),
      ...(column.emphasis === undefined ? {} : { emphasis: column.emphasis }),
    };
  });
  return {
    title: section.title[language],
    columns,
    rows: rows.map((row) => columns.map(({ key, kind }) => toCell(row[key] ?? null, kind))),
    emptyNote: say(language, 'noRows'),
  };
}

/** 64-bit integers come as text. */
function toCell(value: Cell, kind: TableColumn['kind']): Cell {
  if (value === null || kind === 'text' || kind === 'day') return value === null ? null : String(value);
  return Number(value);
}

/** One chart a platform: their audiences differ by orders of magnitude. */
async function curves(warehouse: Warehouse, query: string, run: ReportRun): Promise<readonly LineChart[]> {
  const points = await warehouse.query(loadSql(query), pointRow, bounds(run.period));
  return PLATFORMS.flatMap((platform) => {
    const own = points.filter((point) => point.platform === platform);
    const first = own[0]?.at_ms;
    const last = own.at(-1)?.at_ms;
    if (first === undefined || last === undefined) return [];
    const minutes = Math.round((last - first) / MINUTE_MS) + 1;
    const series = new Map<string, (number | null)[]>();
    for (const { series: name, at_ms, value } of own) {
      const values = series.get(name) ?? Array.from({ length: minutes }, () => null);
      values[Math.round((at_ms - first) / MINUTE_MS)] = value;
      series.set(name, values);
    }
    const chart: LineChart = {
      kind: 'line',
      title: PLATFORM_LABELS[platform][run.language],
      axisKind: 'instant',
      axis: Array.from({ length: minutes }, (_, at) => first + at * MINUTE_MS),
      series: [...series].map(([name, values]) => ({ name, values })),
      valueKind: 'integer',
      valueLabel: findMetric('online')[run.language],
    };
    return [chart];
  });
}

async function buildHighlights(warehouse: Warehouse, run: ReportRun): Promise<readonly Highlight[]> {
  const { query, figures } = run.definition.highlights;
  const sql = loadSql(query);
  const before = periodBefore(run.period);
  const [now] = await warehouse.query(sql, anyRow, { ...bounds(run.period), zone: run.timeZone });
  const [then] = await warehouse.query(sql, anyRow, { ...bounds(before), zone: run.timeZone });
  return figures.map(({ metric, kind }) => {
    const value = figure(now?.[metric]);
    const previous = figure(then?.[metric]);
    return {
      label: findMetric(metric)[run.language],
      value,
      kind,
      change: value === null || previous === null || previous === 0 ? null : (value - previous) / previous,
      comparedWith: run.language === 'zh' ? '较前一期' : 'vs the period before',
      metricId: metric,
    };
  });
}

function figure(value: Cell | undefined): number | null {
  return value === null || value === undefined ? null : Number(value);
}

/** Page one tells only of what moved by the threshold or more. */
function summarize(
  highlights: readonly Highlight[],
  tellFrom: number,
  language: Language,
  timeZone: string,
): string[] {
  return highlights.flatMap(({ label, value, kind, change }) => {
    if (value === null || change === null || Math.abs(change) < tellFrom) return [];
    const percent = `${(Math.abs(change) * 100).toFixed(1)}%`;
    const shown = valueText(value, kind, { timeZone });
    return language === 'zh'
      ? [`${label} ${shown}，较前一期${change > 0 ? '上升' : '下降'} ${percent}。`]
      : [`${label} ${shown}, ${change > 0 ? 'up' : 'down'} ${percent} on the period before.`];
  });
}

function incompleteNote(rows: readonly z.infer<typeof incompleteRow>[], language: Language): string {
  const [first] = rows;
  const name = PLATFORMS.find((platform) => platform === first?.platform);
  const label = name === undefined ? (first?.platform ?? '') : PLATFORM_LABELS[name][language];
  const rest = rows.length - 1;
  const more = rest === 0 ? '' : language === 'zh' ? `，另有 ${rest} 项未到齐` : `, and ${rest} more`;
  return `${label} ${first?.missing_day ?? ''} ${first?.reason ?? ''}${more}`;
}

function metricsOf(definition: ReportDefinition, language: Language): readonly MetricEntry[] {
  const ids = new Set<string>(definition.highlights.figures.map(({ metric }) => metric));
  for (const section of definition.sections) {
    if ('columns' in section) {
      for (const { metric } of section.columns) if (metric !== undefined) ids.add(metric);
    } else {
      for (const metric of section.metrics) ids.add(metric);
    }
  }
  return [...ids].map((id) => {
    const { zh, en, definition: words, unit, base, source } = findMetric(id);
    return { id, zh, en, definition: words[language], unit, base, source };
  });
}

function bounds(period: { readonly from: number; readonly to: number }): SqlParameters {
  return { from_ms: period.from, to_ms: period.to };
}

/** Queries that name platforms take the names people know. */
function platformNames(query: string, language: Language): SqlParameters {
  return query === 'reports/lives'
    ? { platform_names: PLATFORMS.map((platform) => PLATFORM_LABELS[platform][language]) }
    : {};
}
