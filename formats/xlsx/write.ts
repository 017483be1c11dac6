import type { NativeChart } from './charts.js';
import { chartXml, drawingXml } from './charts.js';
import { SharedStrings } from './shared-strings.js';
import { SheetNames } from './sheet-names.js';
import type { LateSheet, SheetPlan } from './sheet-plan.js';
import type { StyleSheet } from './styles.js';
import { themeXml } from './theme.js';
import type { ListedSheet, WorkbookProperties } from './write-package.js';
import {
  applicationPropertiesXml,
  contentTypesXml,
  corePropertiesXml,
  relationsXml,
  workbookXml,
} from './write-package.js';
import type { SheetContext } from './write-sheet.js';
import { RowCursor, filterRange, sheetXml } from './write-sheet.js';
import { sheetPrefix, sheetRange } from './write-text.js';
import type { ZipEntry } from './write-zip.js';
import { writeZip } from './write-zip.js';

/** Rows of a sheet a spreadsheet can hold. */
export const MAX_SHEET_ROWS = 1_048_576;

export interface WorkbookPlan {
  readonly properties: WorkbookProperties;
  /** The looks the cells refer to. */
  readonly styles: StyleSheet;
  readonly sheets: readonly (SheetPlan | LateSheet)[];
  /** Ends a text that was cut to the 32,767 characters a cell can hold. */
  readonly cutMark?: string;
  /** UTC ms stamped on the parts; default 1980-01-01: equal data give equal bytes. */
  readonly fileDate?: number;
  /** Most rows of a sheet before it is continued on another (default `MAX_SHEET_ROWS`). */
  readonly maxSheetRows?: number;
}

/**
 * Writes a workbook as its rows come, in memory that does not grow with them. Text is only ever written as text, so no
 * cell can become a formula; there are no links. A sheet that is full continues on `name (2)` with its header rows.
 */
export function writeWorkbook(plan: WorkbookPlan): AsyncGenerator<Uint8Array, void> {
  return writeZip(parts(plan), plan.fileDate === undefined ? {} : { fileDate: plan.fileDate });
}

async function* parts(plan: WorkbookPlan): AsyncGenerator<ZipEntry, void> {
  // programs tell what a zip is by its first entries; the lists of sheets are known only when the rows have come
  yield {
    name: '_rels/.rels',
    content: relationsXml([
      ['officeDocument', 'xl/workbook.xml'],
      ['core-properties', 'docProps/core.xml'],
      ['extended-properties', 'docProps/app.xml'],
    ]),
  };
  yield { name: 'docProps/core.xml', content: corePropertiesXml(plan.properties) };
  yield { name: 'docProps/app.xml', content: applicationPropertiesXml() };

  const strings = new SharedStrings();
  const context: SheetContext = {
    styles: plan.styles,
    strings,
    cutMark: plan.cutMark ?? '…',
    maxRows: plan.maxSheetRows ?? MAX_SHEET_ROWS,
  };
  const names = new SheetNames();
  const claimed = plan.sheets.map((sheet) => names.claim(sheet.name));
  const listed: ListedSheet[] = [];
  const counts = { sheets: 0, drawings: 0, charts: 0 };
  for (const [index, planned] of plan.sheets.entries()) {
    const sheet = 'open' in planned ? await planned.open() : planned;
    const cursor = new RowCursor(sheet);
    try {
      for (let first = true; first || (await cursor.hasMore()); first = false) {
        counts.sheets += 1;
        const before = cursor.taken;
        const repeated = first ? [] : cursor.header;
        const drawing = first && (sheet.charts ?? []).length > 0;
        yield {
          name: `xl/worksheets/sheet${String(counts.sheets)}.xml`,
          content: sheetXml(sheet, cursor, context, {
            first,
            repeated,
            drawing,
            selected: counts.sheets === 1,
          }),
        };
        const name = first ? (claimed[index] ?? sheet.name) : names.claim(sheet.name);
        const rowsBelow = (await cursor.hasMore()) ? 0 : (sheet.rowsBelow ?? 0);
        listed.push(listedSheet(sheet, name, repeated.length + cursor.taken - before - rowsBelow));
        if (drawing) yield* drawingParts(sheet.charts ?? [], counts);
      }
    } finally {
      await cursor.close();
    }
  }

  yield { name: 'xl/sharedStrings.xml', content: strings.xml() };
  yield { name: 'xl/styles.xml', content: plan.styles.xml() };
  yield { name: 'xl/theme/theme1.xml', content: themeXml() };
  yield { name: 'xl/workbook.xml', content: workbookXml(listed) };
  yield {
    name: 'xl/_rels/workbook.xml.rels',
    content: relationsXml([
      ...listed.map((_, index) => ['worksheet', `worksheets/sheet${String(index + 1)}.xml`] as const),
      ['styles', 'styles.xml'],
      ['sharedStrings', 'sharedStrings.xml'],
      ['theme', 'theme/theme1.xml'],
    ]),
  };
  yield { name: '[Content_Types].xml', content: contentTypesXml(counts) };
}

/** The charts of the sheet written last. */
function* drawingParts(
  charts: readonly NativeChart[],
  counts: { sheets: number; drawings: number; charts: number },
): Generator<ZipEntry, void> {
  counts.drawings += 1;
  const drawing = `drawing${String(counts.drawings)}.xml`;
  const sheet = `sheet${String(counts.sheets)}.xml`;
  yield {
    name: `xl/worksheets/_rels/${sheet}.rels`,
    content: relationsXml([['drawing', `../drawings/${drawing}`]]),
  };
  yield { name: `xl/drawings/${drawing}`, content: drawingXml(charts) };
  const numbered = charts.map((chart) => {
    counts.charts += 1;
    return { chart, file: `chart${String(counts.charts)}.xml` };
  });
  yield {
    name: `xl/drawings/_rels/${drawing}.rels`,
    content: relationsXml(numbered.map(({ file }) => ['chart', `../charts/${file}`] as const)),
  };
  for (const { chart, file } of numbered) yield { name: `xl/charts/${file}`, content: chartXml(chart) };
}

function listedSheet(sheet: SheetPlan, name: string, rowCount: number): ListedSheet {
  const { headerRows = 0, filter } = sheet;
  return {
    name,
    // whole rows, as spreadsheets write it
    printTitles: headerRows === 0 ? null : `${sheetPrefix(name)}$1:$${String(headerRows)}`,
    filter: filter === undefined ? null : sheetRange(name, filterRange(filter, rowCount)),
  };
}
