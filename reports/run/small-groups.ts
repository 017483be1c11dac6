import { findMetric, METRICS, type Language, type Metric } from '../../schemas/index.js';
import type { ChartModel, ChartSeries } from '../render/chart-model.js';
import type { Section } from '../render/report-document.js';
import {
  isListed,
  type Cell,
  type ListedTable,
  type TableCells,
  type TableModel,
} from '../render/table-model.js';

/** Fewer people than this can be told apart. */
export const LEAST_GROUP = 5;

/** Averages are no groups that somebody could be told apart in. */
const countsPeople = ({ unit, kind }: Metric): boolean => unit === '人' && kind === 'integer';

/** A column of a definition's own query need not name its metric. */
const PEOPLE = new Set(METRICS.filter(countsPeople).map(({ id }) => id));

/**
 * Blanks the figures of every group of fewer than five people, in tables and charts, for readers who are not the
 * company's staff. Where the total would give a single blanked group away, the next smallest is blanked with it.
 */
export function suppressSmallGroups(section: Section, language: Language): Section {
  const blanked = new Set<string>();
  const tables = section.tables.map((table) =>
    isListed(table) ? blankSmall(table, blanked, language) : blankStream(table),
  );
  return { ...section, tables, charts: section.charts.map((chart) => blankChart(chart, blanked)) };
}

function peopleColumns(table: TableModel): number[] {
  return table.columns.flatMap(({ key, metricId }, place) =>
    (metricId === undefined ? PEOPLE.has(key) : countsPeople(findMetric(metricId))) ? [place] : [],
  );
}

function blankSmall(table: ListedTable, blanked: Set<string>, language: Language): ListedTable {
  const people = peopleColumns(table);
  const counts = table.rows.map((row) => smallest(row, people));
  const small = new Set(counts.flatMap((count, place) => (count < LEAST_GROUP ? [place] : [])));
  if (small.size === 1 && table.totalRow !== undefined && table.rows.length > 1) {
    const others = counts.map((count, place) => ({ count, place })).filter(({ place }) => !small.has(place));
    others.sort((one, other) => one.count - other.count);
    const [next] = others;
    if (next !== undefined) small.add(next.place);
  }
  if (small.size === 0) return table;
  for (const place of small) {
    const name = table.rows[place]?.find((cell) => typeof cell === 'string');
    if (typeof name === 'string') blanked.add(name);
  }
  const told =
    language === 'zh'
      ? `人数少于 ${LEAST_GROUP} 的分组不显示数字。`
      : `Figures of groups of fewer than ${LEAST_GROUP} people are not shown.`;
  return {
    ...table,
    rows: table.rows.map((row, place) => (small.has(place) ? blank(row, table) : row)),
    note: table.note === undefined ? told : `${table.note} ${told}`,
  };
}

function blankStream(table: TableModel): TableModel {
  const people = peopleColumns(table);
  const { rows } = table;
  if (!(Symbol.asyncIterator in rows)) return table;
  return {
    ...table,
    rows: (async function* () {
      for await (const batch of rows)
        yield batch.map((row) => (smallest(row, people) < LEAST_GROUP ? blank(row, table) : row));
    })(),
  };
}

/** The smallest number of people in the row that is not nobody. */
function smallest(row: TableCells, people: readonly number[]): number {
  return people.reduce((least, place) => {
    const count = row[place];
    return typeof count === 'number' && count > 0 ? Math.min(least, count) : least;
  }, Number.POSITIVE_INFINITY);
}

function blank(row: TableCells, table: TableModel): Cell[] {
  return row.map((cell, place) => {
    const kind = table.columns[place]?.kind;
    return kind === 'text' || kind === 'day' || kind === 'instant' ? cell : null;
  });
}

function blankChart(chart: ChartModel, blanked: ReadonlySet<string>): ChartModel {
  switch (chart.kind) {
    case 'bar':
      return {
        ...chart,
        series: chart.series.map((series): ChartSeries => ({
          ...series,
          values: series.values.map((value, place) =>
            blanked.has(chart.categories[place] ?? '') ? null : value,
          ),
        })),
      };
    case 'line':
      return {
        ...chart,
        series: chart.series.map((series): ChartSeries => ({
          ...series,
          values: series.values.map(blankSmallValue),
        })),
      };
    case 'heatmap':
      return { ...chart, values: chart.values.map((row) => row.map(blankSmallValue)) };
    case 'funnel': {
      // A step that few reached ends the chart: its bar could not be left without saying how many they are.
      const end = chart.steps.findIndex(({ count }) => count > 0 && count < LEAST_GROUP);
      return end < 0 ? chart : { ...chart, steps: chart.steps.slice(0, end) };
    }
  }
}

function blankSmallValue(value: number | null): number | null {
  return value !== null && value > 0 && value < LEAST_GROUP ? null : value;
}
