import type { LateSheet, SheetPlan } from '../../formats/index.js';
import { SheetNames, writeWorkbook } from '../../formats/index.js';
import type { Language } from '../../schemas/index.js';
import { metricTable } from './metric-sheet.js';
import type { ReportDocument, Section } from './report-document.js';
import type { TableModel } from './table-model.js';
import { ChartData, isDrawn } from './workbook/charts.js';
import { coverSheet } from './workbook/cover.js';
import { Looks } from './workbook/looks.js';
import { detailSheet } from './workbook/detail.js';
import { sectionSheet, standsAlone } from './workbook/section.js';
import { say } from './wording.js';

/**
 * A report as a workbook: cover, a sheet a section, sheets of their own for long and streamed tables, the metric
 * dictionary, the figures behind the charts. The same document gives the same bytes. Streamed tables are read once,
 * each when its turn comes.
 */
export async function* renderWorkbook(document: ReportDocument): AsyncGenerator<Uint8Array, void> {
  const { language } = document;
  const looks = new Looks();
  const names = new SheetNames();
  const coverName = names.claim(say(language, 'cover'));
  const sections = document.sections.map((section) => nameSheets(section, names));
  const metricsName = document.metrics.length === 0 ? null : names.claim(say(language, 'metricDictionary'));
  const hasCharts = document.sections.some((section) => section.charts.some(isDrawn));
  const chartData = hasCharts
    ? new ChartData(names.claim(say(language, 'chartData')), document, looks)
    : null;

  const sheets: (SheetPlan | LateSheet)[] = [];
  for (const { section, name, details } of sections) {
    if (name !== null) sheets.push(sectionSheet(document, section, name, details, looks, chartData));
    for (const [table, detailName] of details)
      sheets.push(await detailSheet(document, table, detailName, looks));
  }
  if (metricsName !== null) sheets.push(metricSheet(document, metricsName, looks));
  if (chartData !== null) sheets.push(chartData.plan());
  const contents = [
    ...sections.flatMap(({ section, name, details }) => [
      ...(name === null ? [] : [{ sheet: name, content: contentOf(section, language) }]),
      ...[...details].map(([table, sheet]) => ({ sheet, content: table.title })),
    ]),
    ...(metricsName === null ? [] : [{ sheet: metricsName, content: say(language, 'metricsContent') }]),
    ...(chartData === null
      ? []
      : [{ sheet: chartData.sheetName, content: say(language, 'chartDataContent') }]),
  ];
  yield* writeWorkbook({
    properties: { title: document.title, subject: document.period.label, created: document.dataAsOf },
    styles: looks.sheet,
    sheets: [coverSheet(document, coverName, contents, looks), ...sheets],
    cutMark: say(language, 'cutText'),
  });
}

interface NamedSection {
  readonly section: Section;
  /** Null when the section is nothing but one table with a sheet of its own. */
  readonly name: string | null;
  /** The tables with a sheet of their own. */
  readonly details: ReadonlyMap<TableModel, string>;
}

function nameSheets(section: Section, names: SheetNames): NamedSection {
  const alone = section.tables.filter((table) => standsAlone(table, section));
  const hasMore = section.charts.length > 0 || (section.text ?? []).length > 0 || section.note !== undefined;
  const name =
    section.tables.length === 1 && alone.length === 1 && !hasMore ? null : names.claim(section.title);
  return { section, name, details: new Map(alone.map((table) => [table, names.claim(table.title)])) };
}

/** What a section holds, in a few words. */
function contentOf(section: Section, language: Language): string {
  const titles = [...section.tables, ...section.charts].map(({ title }) => title);
  return (
    [...new Set(titles)].filter((title) => title !== section.title).join(language === 'zh' ? '、' : ', ') ||
    section.title
  );
}

function metricSheet(document: ReportDocument, name: string, looks: Looks): SheetPlan {
  const table = metricTable(document);
  const section: Section = { id: 'metrics', title: table.title, tables: [table], charts: [] };
  return sectionSheet(document, section, name, new Map(), looks, null);
}
