import { z } from 'zod';
import {
  addDays,
  dayNumber,
  findMetric,
  PLATFORM_LABELS,
  PLATFORMS,
  succeed,
  type Outcome,
  type SectionDefinition,
} from '../../schemas/index.js';
import { loadSql, type Warehouse } from '../../sql/index.js';
import type { AnalysisAnswer } from '../analyses/analysis.js';
import type { LineChart } from '../render/chart-model.js';
import type { Section } from '../render/report-document.js';
import type { Cell, ListedTable, TableCells, TableColumn } from '../render/table-model.js';
import { say } from '../render/wording.js';
import type { ReportRun, SectionFailure } from './report-run.js';
import { answerAnalysis } from './answer-analysis.js';
import { compareTables, onlyColumns } from './compare-tables.js';
import { comparisonsOf, type Bounds } from './period.js';
import { parametersOf } from './query-parameters.js';
import { suppressSmallGroups } from './small-groups.js';
import type { Targets } from './targets.js';

type AnalysisSection = Extract<SectionDefinition, { analysis: string }>;
type QuerySection = Extract<SectionDefinition, { query: string }>;
type CurveSection = Extract<SectionDefinition, { curve: string }>;

const anyRow = z.record(z.string(), z.union([z.string(), z.number(), z.null()]));
const value = z.union([z.coerce.number(), z.null()]);
const minutePoint = z.object({ at_ms: z.coerce.number(), platform: z.string(), series: z.string(), value });
const dayPoint = z.object({ day: z.string(), series: z.string(), value });
const MINUTE_MS = 60_000;

/** One section of a report; with `for_each` one for each of its rows. */
export async function buildSections(
  warehouse: Warehouse,
  section: SectionDefinition,
  run: ReportRun,
  targets: Targets,
): Promise<Outcome<readonly Section[], SectionFailure>> {
  const built = await build(warehouse, section, run, targets);
  if (!built.ok || !run.definition.suppress_small_groups) return built;
  return succeed(built.value.map((one) => suppressSmallGroups(one, run.language)));
}

async function build(
  warehouse: Warehouse,
  section: SectionDefinition,
  run: ReportRun,
  targets: Targets,
): Promise<Outcome<readonly Section[], SectionFailure>> {
  const { language } = run;
  const base = { id: section.id, title: section.title[language], tables: [], charts: [] };
  if ('text' in section) return succeed([{ ...base, text: [section.text[language]] }]);
  const noted = { ...base, ...(section.note === undefined ? {} : { note: section.note[language] }) };
  if ('query' in section) {
    return succeed([{ ...noted, tables: [await comparedQuery(warehouse, section, run, targets)] }]);
  }
  if ('curve' in section) {
    const charts =
      section.axis === 'day'
        ? await dayCurve(warehouse, section, run)
        : await curves(warehouse, section, run);
    return succeed([
      charts.length > 0 ? { ...noted, charts } : { ...noted, text: [say(language, 'noRows')] },
    ]);
  }
  if (section.for_each === undefined) {
    const one = await analysisSection(warehouse, section, {}, noted, run, targets);
    return one.ok ? succeed([one.value]) : one;
  }
  const rows = await warehouse.query(
    loadSql(section.for_each),
    anyRow,
    parametersOf(section.for_each, run, run.period),
  );
  if (rows.length === 0) return succeed([{ ...noted, text: [say(language, 'noRows')] }]);
  const sections: Section[] = [];
  for (const [place, row] of rows.entries()) {
    const named = { ...noted, id: `${section.id}-${place + 1}`, title: filled(noted.title, row) };
    const one = await analysisSection(warehouse, section, row, named, run, targets);
    if (!one.ok) return one;
    sections.push(one.value);
  }
  return succeed(sections);
}

type Row = Readonly<Record<string, Cell>>;

async function analysisSection(
  warehouse: Warehouse,
  section: AnalysisSection,
  row: Row,
  base: Section,
  run: ReportRun,
  targets: Targets,
): Promise<Outcome<Section, SectionFailure>> {
  const { language } = run;
  const now = await answer(warehouse, section, row, run, run.period);
  if (!now.ok) return now;
  const shown = (tables: readonly ListedTable[]): readonly ListedTable[] => {
    if (typeof section.tables === 'boolean') return section.tables ? tables : [];
    return section.tables.flatMap((place) => tables.slice(place - 1, place));
  };
  const found = shown(now.value.tables(language));
  const charts = section.charts ? now.value.charts(language) : [];
  const lead = section.lead === undefined ? undefined : leadOf(now.value.result, section.lead);
  const led = lead === undefined ? base : { ...base, text: [lead] };
  // what stands above the tables is not said again below them
  const tables = lead === undefined ? found : found.map((table) => withoutWords(table, lead));
  if (section.compare.length === 0) return succeed({ ...led, tables, charts });
  const earlier: { id: string; label: string; tables: readonly ListedTable[] }[] = [];
  for (const comparison of comparisonsOf(run.period, run.timeZone, language)) {
    const then = await answer(warehouse, section, row, run, comparison);
    if (!then.ok) return then;
    earlier.push({ id: comparison.id, label: comparison.label, tables: shown(then.value.tables(language)) });
  }
  return succeed({
    ...led,
    charts,
    tables: tables.map((table, place) =>
      compareTables(
        table,
        earlier.map(({ id, label, tables: all }) => ({ id, label, table: all[place] })),
        section.compare,
        language,
        targetOfChannel(targets, run.period),
      ),
    ),
  });
}

/** Words of a result: its verdict. */
function leadOf(result: unknown, key: string): string | undefined {
  const words = z.record(z.string(), z.unknown()).parse(result)[key];
  return typeof words === 'string' ? words : undefined;
}

/** The table without words in its note that are told elsewhere. */
function withoutWords(table: ListedTable, words: string): ListedTable {
  if (table.note?.includes(words) !== true) return table;
  const { note, ...rest } = table;
  const left = note.replace(words, '').trim();
  return left === '' ? rest : { ...rest, note: left };
}

function answer(
  warehouse: Warehouse,
  section: AnalysisSection,
  row: Row,
  run: ReportRun,
  bounds: Bounds,
): Promise<Outcome<AnalysisAnswer, SectionFailure>> {
  return answerAnalysis(warehouse, section.analysis, filledSpec(section.spec, row), run, bounds, section.id);
}

/** A spec with `{name}` replaced by the row's value wherever it stands in a text. */
function filledSpec(spec: Readonly<Record<string, unknown>>, row: Row): Record<string, unknown> {
  return Object.fromEntries(Object.entries(spec).map(([key, part]) => [key, filledValue(part, row)]));
}

function filledValue(part: unknown, row: Row): unknown {
  if (typeof part === 'string') return filled(part, row);
  if (Array.isArray(part)) return part.map((one) => filledValue(one, row));
  if (typeof part === 'object' && part !== null) return filledSpec({ ...part }, row);
  return part;
}

function filled(text: string, row: Row): string {
  return text.replaceAll(/\{([a-z_]+)\}/g, (place, name: string) =>
    name in row ? String(row[name] ?? '') : place,
  );
}

/** Targets of channels, for the tables whose rows are channels. */
function targetOfChannel(
  targets: Targets,
  period: Bounds,
): (metric: string, row: TableCells, columns: readonly TableColumn[]) => number | null {
  return (metric, row, columns) => {
    const place = columns.findIndex(({ key }) => key === 'channel');
    const channel = row[place];
    return typeof channel === 'string' ? targets.exactly(metric, { channel }, period) : null;
  };
}

async function comparedQuery(
  warehouse: Warehouse,
  section: QuerySection,
  run: ReportRun,
  targets: Targets,
): Promise<ListedTable> {
  const now = await queryTable(warehouse, section, run, run.period);
  if (section.compare.length === 0) return now;
  const earlier = [];
  for (const comparison of comparisonsOf(run.period, run.timeZone, run.language)) {
    earlier.push({ ...comparison, table: await queryTable(warehouse, section, run, comparison) });
  }
  return compareTables(now, earlier, section.compare, run.language, targetOfChannel(targets, run.period));
}

async function queryTable(
  warehouse: Warehouse,
  section: QuerySection,
  run: ReportRun,
  period: Bounds,
): Promise<ListedTable> {
  const { language } = run;
  const rows = await warehouse.query(
    loadSql(section.query),
    anyRow,
    parametersOf(section.query, run, period),
  );
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
  const table: ListedTable = {
    title: section.title[language],
    columns,
    rows: rows.map((row) => columns.map(({ key, kind }) => toCell(row[key] ?? null, kind))),
    emptyNote: section.empty?.[language] ?? say(language, 'noRows'),
  };
  const kept = section.columns.flatMap(({ when_known: optional }, place) =>
    optional && table.rows.every((row) => (row[place] ?? null) === null) ? [] : [place],
  );
  return onlyColumns(table, kept);
}

/** 64-bit integers come as text. */
function toCell(cell: Cell, kind: TableColumn['kind']): Cell {
  if (cell === null || kind === 'text' || kind === 'day') return cell === null ? null : String(cell);
  return Number(cell);
}

/** One chart a platform: their audiences differ by orders of magnitude. */
async function curves(
  warehouse: Warehouse,
  section: CurveSection,
  run: ReportRun,
): Promise<readonly LineChart[]> {
  const points = await warehouse.query(
    loadSql(section.curve),
    minutePoint,
    parametersOf(section.curve, run, run.period),
  );
  return PLATFORMS.flatMap((platform) => {
    const own = points.filter((point) => point.platform === platform);
    const first = own[0]?.at_ms;
    const last = own.at(-1)?.at_ms;
    if (first === undefined || last === undefined) return [];
    const minutes = Math.round((last - first) / MINUTE_MS) + 1;
    const chart: LineChart = {
      kind: 'line',
      title: PLATFORM_LABELS[platform][run.language],
      axisKind: 'instant',
      axis: Array.from({ length: minutes }, (_, at) => first + at * MINUTE_MS),
      series: seriesOf(own, minutes, ({ at_ms }) => Math.round((at_ms - first) / MINUTE_MS)),
      valueKind: 'integer',
      ...labelOf(section, run),
    };
    return [chart];
  });
}

async function dayCurve(
  warehouse: Warehouse,
  section: CurveSection,
  run: ReportRun,
): Promise<readonly LineChart[]> {
  const points = await warehouse.query(
    loadSql(section.curve),
    dayPoint,
    parametersOf(section.curve, run, run.period),
  );
  const days = points.map(({ day }) => day).sort();
  const [first] = days;
  const last = days.at(-1);
  if (first === undefined || last === undefined) return [];
  const count = dayNumber(last) - dayNumber(first) + 1;
  const chart: LineChart = {
    kind: 'line',
    title: section.title[run.language],
    axisKind: 'day',
    axis: Array.from({ length: count }, (_, at) => addDays(first, at)),
    series: seriesOf(points, count, ({ day }) => dayNumber(day) - dayNumber(first)),
    valueKind: section.kind,
    ...labelOf(section, run),
  };
  return [chart];
}

function seriesOf<Point extends { readonly series: string; readonly value: number | null }>(
  points: readonly Point[],
  length: number,
  placeOf: (point: Point) => number,
): LineChart['series'] {
  const series = new Map<string, (number | null)[]>();
  for (const point of points) {
    const values = series.get(point.series) ?? Array.from({ length }, () => null);
    values[placeOf(point)] = point.value;
    series.set(point.series, values);
  }
  return [...series].map(([name, values]) => ({ name, values }));
}

function labelOf(section: CurveSection, run: ReportRun): { valueLabel?: string } {
  const [metric] = section.metrics;
  return metric !== undefined ? { valueLabel: findMetric(metric)[run.language] } : {};
}
