import type { TableChunk, TableRow } from '../table.js';
import { cellsOf, chooseCuts, type Cuts } from './columns.js';
import { joinLines, lineText, type Line } from './lines.js';
import { findStrips, fitsStrips, median } from './strips.js';

/** 第 1 页 共 3 页, 1/3, Page 1 of 3, - 1 -. */
const PAGE_NUMBER =
  /^(?:第?\s*\d+\s*页?(?:\s*[,，、/|]?\s*共?\s*\d+\s*页?)?|page\s*\d+(?:\s*(?:of|\/)\s*\d+)?|[-–—]\s*\d+\s*[-–—])$/i;

/**
 * Rows of the table that runs over the pages, one chunk a page (`page 1`, `page 2` …). Lines above the table come as
 * rows of one cell; the header repeated on later pages, repeated titles, page numbers and notes below the table
 * are left out. A document without any table gives all its lines as rows of one cell.
 */
export function assembleTable(pages: readonly (readonly Line[])[]): TableChunk[] {
  const joined = joinWrapped(pages);
  const tableLines = findTableLines(joined);
  const ordered = joined.flatMap((lines) => lines.filter((line) => tableLines.has(line)));
  const cuts = chooseCuts(findStrips(ordered), ordered[0]);
  const titles = new Set<string>();
  let header: string | null = null;
  return joined.flatMap((lines, at) => {
    const rows: TableRow[] = [];
    const add = (cells: string[]): void => {
      rows.push({ row: rows.length + 1, cells });
    };
    const last = lines.findLastIndex((line) => tableLines.has(line));
    for (const [index, line] of lines.entries()) {
      if (cuts.length > 0 && tableLines.has(line)) {
        const cells = textCells(line, cuts);
        const key = cells.join('\u0000');
        if (key !== header) add(cells);
        header ??= key;
        continue;
      }
      const text = lineText(line.words);
      if (PAGE_NUMBER.test(text) || titles.has(text)) continue;
      if (header === null) {
        titles.add(text);
        add([text]);
      } else {
        // Below the table only what lies in one cell is no row: nothing that looks like data goes unseen.
        const cells = textCells(line, cuts);
        if (index < last || cells.filter((cell) => cell !== '').length > 1) add(cells);
      }
    }
    return rows.length > 0 ? [{ table: `page ${at + 1}`, rows }] : [];
  });
}

function textCells(line: Line, cuts: Cuts): string[] {
  return cellsOf(line, cuts).map(lineText);
}

/**
 * The rows of the table: lines with at least half as many pieces as most lines that have more than one, and lines of
 * narrow gaps next to them (a header of long names) that fit the strips which those leave.
 */
function findTableLines(pages: readonly (readonly Line[])[]): ReadonlySet<Line> {
  const lines = pages.flat();
  const isTableLine = piecesTest(lines);
  const inPieces = lines.filter(isTableLine);
  const strips = findStrips(inPieces).filter((strip) => strip.kind !== 'even');
  const found = new Set(inPieces);
  const farthest = 1.3 * rowPitch(pages, isTableLine);
  for (const page of pages) {
    for (const [at, line] of page.entries()) {
      const isNext = [page[at - 1], page[at + 1]].some(
        (other) => other !== undefined && isTableLine(other) && Math.abs(other.y - line.y) <= farthest,
      );
      if (isNext && fitsStrips(line, strips)) found.add(line);
    }
  }
  return found;
}

/** The usual distance from one row of the table to the next. */
function rowPitch(pages: readonly (readonly Line[])[], isTableLine: (line: Line) => boolean): number {
  const pitches = pages.flatMap((lines) =>
    lines.flatMap((line, at) => {
      const next = lines[at + 1];
      return next !== undefined && isTableLine(line) && isTableLine(next) ? [next.y - line.y] : [];
    }),
  );
  return median(pitches);
}

function piecesTest(lines: readonly Line[]): (line: Line) => boolean {
  const usual = median(lines.map((line) => line.segments).filter((segments) => segments > 1));
  const least = Math.max(2, Math.ceil(usual / 2));
  return (line) => line.segments >= least;
}

/** Lines much closer than the rows of the table are one row with a wrapped cell. */
function joinWrapped(pages: readonly (readonly Line[])[]): Line[][] {
  const isTableLine = piecesTest(pages.flat());
  const pitch = rowPitch(pages, isTableLine);
  return pages.map((lines) => {
    const rows: Line[][] = [];
    for (const line of lines) {
      const row = rows.at(-1);
      const above = row?.at(-1);
      const close = above !== undefined && line.y - above.y < 0.8 * pitch;
      if (row !== undefined && close && (row.some(isTableLine) || isTableLine(line))) row.push(line);
      else rows.push([line]);
    }
    return rows.map((row) => (row.length === 1 && row[0] !== undefined ? row[0] : joinLines(row)));
  });
}
