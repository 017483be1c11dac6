import type { TableChunk, TableRow } from '../table.js';
import { cellsOf, chooseCuts, median, type Cuts } from './columns.js';
import { joinLines, lineText, type Line } from './lines.js';

/** 第 1 页 共 3 页, 1/3, Page 1 of 3, - 1 -. */
const PAGE_NUMBER =
  /^(?:第?\s*\d+\s*页?(?:\s*[,，、/|]?\s*共?\s*\d+\s*页?)?|page\s*\d+(?:\s*(?:of|\/)\s*\d+)?|[-–—]\s*\d+\s*[-–—])$/i;

/**
 * Rows of the table that runs over the pages, one chunk a page (`page 1`, `page 2` …). Lines above the table come as
 * rows of one cell; the header repeated on later pages, repeated titles, page numbers and lines below the table are
 * left out. A document without any table gives all its lines as rows of one cell.
 */
export function assembleTable(pages: readonly (readonly Line[])[]): TableChunk[] {
  const joined = joinWrapped(pages);
  const isTableLine = tableLineTest(joined.flat());
  const tableLines = joined.flatMap((lines) => lines.filter(isTableLine));
  const cuts = chooseCuts(tableLines);
  const seen = new Set<string>();
  let header: string | null = null;
  return joined.flatMap((lines, at) => {
    const rows: TableRow[] = [];
    const last = lines.findLastIndex(isTableLine);
    for (const [index, line] of lines.entries()) {
      if (cuts.length > 0 && isTableLine(line)) {
        const cells = textCells(line, cuts);
        const key = cells.join('\u0000');
        if (key === header) continue;
        header ??= key;
        rows.push({ row: rows.length + 1, cells });
        continue;
      }
      const text = lineText(line.words);
      const isFurniture =
        PAGE_NUMBER.test(text) || seen.has(text) || (cuts.length > 0 && index > last && header !== null);
      if (isFurniture) continue;
      if (cuts.length === 0 || header === null) {
        seen.add(text);
        rows.push({ row: rows.length + 1, cells: [text] });
      } else if (index < last) {
        rows.push({ row: rows.length + 1, cells: textCells(line, cuts) });
      }
    }
    return rows.length > 0 ? [{ table: `page ${at + 1}`, rows }] : [];
  });
}

function textCells(line: Line, cuts: Cuts): string[] {
  return cellsOf(line, cuts).map(lineText);
}

/** A row of the table has at least half as many pieces as most lines with more than one piece. */
function tableLineTest(lines: readonly Line[]): (line: Line) => boolean {
  const usual = median(lines.map((line) => line.segments).filter((segments) => segments > 1));
  const least = Math.max(2, Math.ceil(usual / 2));
  return (line) => line.segments >= least;
}

/** Lines much closer than the rows of the table are one row with a wrapped cell. */
function joinWrapped(pages: readonly (readonly Line[])[]): Line[][] {
  const isTableLine = tableLineTest(pages.flat());
  const pitches = pages.flatMap((lines) =>
    lines.flatMap((line, at) => {
      const next = lines[at + 1];
      return next !== undefined && isTableLine(line) && isTableLine(next) ? [next.y - line.y] : [];
    }),
  );
  const pitch = median(pitches);
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
