export * from './table.js';
export { textWidth, cutToWidth } from './text-width.js';
export { clustersOf, piecesOf } from './break-places.js';
export { excelDaySerial, excelSerial } from './xlsx/excel-date.js';
export { SheetNames } from './xlsx/sheet-names.js';
export type { Condition, LateSheet, SheetCell, SheetPlan, SheetRow } from './xlsx/sheet-plan.js';
export type { ChartPlace, ChartSource, NativeChart, NativeSeries } from './xlsx/charts.js';
export { StyleSheet, type BorderLine, type CellStyle, type FontStyle, type StyleId } from './xlsx/styles.js';
export { MAX_SHEET_ROWS, writeWorkbook, type WorkbookPlan } from './xlsx/write.js';
export type { WorkbookProperties } from './xlsx/write-package.js';
export { MAX_CELL_CHARACTERS, sheetRange, type CellRange } from './xlsx/write-text.js';
export { openFile, type OpenFileOptions, type OpenOutcome } from './open-file.js';
export { DEFAULT_TEXT_LIMITS, type TextLimits } from './text-limits.js';
export { detectContainer, HEAD_BYTES, type Container } from './detect.js';
export { csvLine, writeCsv, type CsvWriteOptions } from './csv/write.js';
export { FORMULA_START, guardFormula, PLAIN_NUMBER } from './csv/formula-guard.js';
export {
  findHeaderRow,
  headerText,
  rowKind,
  type HeaderMatcher,
  type HeaderRow,
  type RowKind,
  type TitleLine,
} from './header-row.js';
export {
  PAGE_HEIGHT,
  PAGE_WIDTH,
  PdfDocument,
  type PageMargins,
  type Paint,
  type PdfOptions,
  type TextStyle,
} from './pdf/document.js';
export type { PdfMetadata } from './pdf/metadata.js';
export { pdfPasswordFailure, type PdfPasswordFailure } from './pdf/encryption-r6.js';
export { relockPdf } from './pdf/relock.js';
export { FONT_FILES, fontPath, type FontName } from './pdf/font-file.js';
export { widthOfText, type FontWeight } from './pdf/fonts.js';
export { breakLines, shorten } from './pdf/line-break.js';
export {
  drawTable,
  tableHeadHeight,
  type PdfCell,
  type PdfColumn,
  type PdfTable,
  type TableLook,
} from './pdf/table.js';
export { chartHeight, drawChart, type PdfChart } from './pdf/chart.js';
export type { ChartLook } from './pdf/chart-look.js';
export { encryptPackage } from './office-encryption/encrypt.js';

// Elements of one JSON array by counting brackets, also where an element is no JSON.
export { readArray } from './json/array.js';
export { readLines } from './ndjson/read.js';
