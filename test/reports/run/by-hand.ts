import { expect } from 'vitest';
import { z } from 'zod';
import { findAnalysis } from '../../../reports/index.js';
import type { Section } from '../../../reports/render/report-document.js';
import { isListed, type ListedTable, type TableModel } from '../../../reports/render/table-model.js';
import { DAY_MS, type SectionDefinition } from '../../../schemas/index.js';
import { loadSql, type Warehouse } from '../../../sql/index.js';

/** The figures of reports as a person gets them: an analysis or a query by its name, and a pocket calculator. */
export const ZONE = 'Asia/Shanghai';

/** A stretch of time, UTC ms, half open. */
export interface Stretch {
  readonly from: number;
  readonly to: number;
}

const anyRow = z.record(z.string(), z.union([z.string(), z.number(), z.null()]));
export type HandRow = z.infer<typeof anyRow>;

/** What the figures of whole days in Shanghai stand beside; that zone changes no clocks. */
export function earlierOf({ from, to }: Stretch): readonly (Stretch & { readonly id: string })[] {
  const length = to - from;
  const previous = { id: 'previous', from: from - length, to: from };
  return length > DAY_MS
    ? [previous]
    : [previous, { id: 'weekday', from: from - 7 * DAY_MS, to: to - 7 * DAY_MS }];
}

/** The rows of a query of reports. */
export function askQuery(warehouse: Warehouse, name: string, { from, to }: Stretch): Promise<HandRow[]> {
  const sql = loadSql(name);
  const parameters = {
    from_ms: from,
    to_ms: to,
    zone: ZONE,
    language: 'zh',
    platform_names: ['小程序直播', '看点直播', '企业微信直播'],
  };
  const asked = Object.entries(parameters).filter(([key]) => sql.includes(`{${key}:`));
  return warehouse.query(sql, anyRow, Object.fromEntries(asked));
}

async function askAnalysis(warehouse: Warehouse, name: string, spec: unknown, { from, to }: Stretch) {
  const range = { from: new Date(from).toISOString(), to: new Date(to).toISOString() };
  const given = z.record(z.string(), z.unknown()).parse(spec);
  const answer = await findAnalysis(name)?.answer(
    warehouse,
    { ...given, ...range },
    { timeZone: ZONE, language: 'zh' },
  );
  if (answer?.ok !== true) throw new Error(`no answer of ${name}`);
  return answer.value;
}

/** Compares everything a section of a report shows with what was found by hand; answers how many figures that were. */
export async function expectByHand(
  warehouse: Warehouse,
  definition: SectionDefinition,
  shown: readonly Section[],
  period: Stretch,
): Promise<number> {
  const own = shown.filter(({ id }) => id === definition.id || id.startsWith(`${definition.id}-`));
  if ('text' in definition) {
    expect(own.map(({ text }) => text)).toEqual([[definition.text.zh]]);
    return 1;
  }
  const [section] = own;
  if (section === undefined) throw new Error(`no section ${definition.id}`);
  if ('curve' in definition) return expectCurve(warehouse, definition, section, period);
  if ('query' in definition) {
    const [table] = section.tables;
    const now = queryTable(await askQuery(warehouse, definition.query, period), table);
    const earlier = await Promise.all(
      earlierOf(period).map(async (stretch) => ({
        id: stretch.id,
        table: queryTable(await askQuery(warehouse, definition.query, stretch), table),
      })),
    );
    return expectTable(table, now, earlier, definition.compare);
  }
  if (definition.for_each === undefined)
    return expectAnalysis(warehouse, definition, definition.spec, section, period);
  const rows = await askQuery(warehouse, definition.for_each, period);
  if (rows.length > 0) expect(own).toHaveLength(rows.length);
  let figures = 0;
  for (const [place, row] of rows.entries()) {
    const one = own[place];
    if (one === undefined) throw new Error(`no section ${definition.id} for row ${String(place)}`);
    const spec: unknown = JSON.parse(
      JSON.stringify(definition.spec).replaceAll('"{campaign}"', JSON.stringify(row['campaign'])),
    );
    expect(one.title).toBe(definition.title.zh.replace('{campaign}', String(row['campaign'])));
    figures += await expectAnalysis(warehouse, definition, spec, one, period);
  }
  return figures;
}

type AnalysisSection = Extract<SectionDefinition, { analysis: string }>;

async function expectAnalysis(
  warehouse: Warehouse,
  definition: AnalysisSection,
  spec: unknown,
  section: Section,
  period: Stretch,
): Promise<number> {
  const chosen = (all: readonly ListedTable[]): readonly ListedTable[] =>
    Array.isArray(definition.tables) ? definition.tables.flatMap((at) => all.slice(at - 1, at)) : all;
  const now = await askAnalysis(warehouse, definition.analysis, spec, period);
  const tables = chosen(now.tables('zh'));
  expect(section.charts).toEqual(definition.charts ? now.charts('zh') : []);
  expect(section.tables).toHaveLength(tables.length);
  if (definition.lead !== undefined) {
    const said = z.record(z.string(), z.unknown()).parse(now.result)[definition.lead];
    expect(section.text).toEqual([said]);
    // and nowhere a second time
    for (const { note } of section.tables) expect(note ?? '').not.toContain(said);
  }
  const earlier =
    definition.compare.length === 0
      ? []
      : await Promise.all(
          earlierOf(period).map(async (stretch) => ({
            id: stretch.id,
            tables: chosen((await askAnalysis(warehouse, definition.analysis, spec, stretch)).tables('zh')),
          })),
        );
  return tables.reduce(
    (figures, table, place) =>
      figures +
      expectTable(
        section.tables[place],
        table,
        earlier.map(({ id, tables: all }) => ({ id, table: all[place] })),
        definition.compare,
      ),
    0,
  );
}

async function expectCurve(
  warehouse: Warehouse,
  definition: Extract<SectionDefinition, { curve: string }>,
  section: Section,
  period: Stretch,
): Promise<number> {
  const rows = await askQuery(warehouse, definition.curve, period);
  const drawn = section.charts.flatMap((chart) => {
    if (chart.kind !== 'line') throw new Error('a curve is a line');
    return chart.series.flatMap(({ name, values }) =>
      values.flatMap((value, at) => (value === null ? [] : [`${String(chart.axis[at])} ${name} ${value}`])),
    );
  });
  const asked = rows.flatMap(({ day, at_ms, series, value }) =>
    value === null ? [] : [`${String(day ?? at_ms)} ${String(series)} ${Number(value)}`],
  );
  expect(drawn.toSorted()).toEqual(asked.toSorted());
  return asked.length;
}

/** Rows of a query in the columns of a table that show them. */
function queryTable(rows: readonly HandRow[], table: TableModel | undefined): ListedTable {
  const columns = (table?.columns ?? []).filter(({ key }) => rows.every((row) => key in row));
  return {
    title: '',
    emptyNote: '',
    columns,
    rows: rows.map((row) =>
      columns.map(({ key, kind }) => {
        const cell = row[key] ?? null;
        return cell === null || kind === 'text' || kind === 'day' ? cell : Number(cell);
      }),
    ),
  };
}

/** Every cell, every change against an earlier table, of a table as it is shown. */
function expectTable(
  shown: TableModel | undefined,
  now: ListedTable,
  earlier: readonly { readonly id: string; readonly table: ListedTable | undefined }[],
  compared: readonly string[],
): number {
  if (shown === undefined || !isListed(shown)) throw new Error('no table');
  const placeOf = (key: string): number => shown.columns.findIndex((column) => column.key === key);
  const column = (key: string) => shown.rows.map((row) => row[placeOf(key)]);
  now.columns.forEach(({ key }, place) => {
    expect(column(key), key).toEqual(now.rows.map((row) => row[place]));
    if (now.totalRow !== undefined) expect(shown.totalRow?.[placeOf(key)]).toEqual(now.totalRow[place]);
  });
  const nameOf = (row: readonly unknown[]): string =>
    now.columns
      .flatMap(({ kind }, at) => (kind === 'text' || kind === 'day' ? [String(row[at])] : []))
      .join();
  for (const key of compared) {
    const place = now.columns.findIndex((one) => one.key === key);
    if (place < 0) continue;
    for (const { id, table } of earlier) {
      const before = new Map((table?.rows ?? []).map((row) => [nameOf(row), row[place]]));
      const changes = now.rows.map((row) => changeOf(row[place], before.get(nameOf(row))));
      const total = changeOf(now.totalRow?.[place], table?.totalRow?.[place]);
      const name = `${key}_${id}_change`;
      if ([...changes, total].every((change) => change === null)) expect(placeOf(name), name).toBe(-1);
      else {
        expect(column(name), name).toEqual(changes);
        if (now.totalRow !== undefined) expect(shown.totalRow?.[placeOf(name)]).toEqual(total);
      }
    }
  }
  return now.rows.length * now.columns.length;
}

/** How much more than before, as a fraction of before. */
export function changeOf(now: unknown, before: unknown): number | null {
  if (typeof now !== 'number' || typeof before !== 'number' || before === 0) return null;
  return (now - before) / Math.abs(before);
}
