import { createHash } from 'node:crypto';
import { findMetric } from '../../schemas/index.js';
import type { ReportDocument } from '../render/report-document.js';
import { isListed, type Cell, type ColumnKind, type ListedTable } from '../render/table-model.js';

/** One number that a report tells, and where it stands. */
export interface Figure {
  /** A hash of where it stands: the same place in a later rendering has the same. It tells no text. */
  readonly id: string;
  /** Section and row, as people read them. */
  readonly place: string;
  readonly label: string;
  readonly kind: ColumnKind;
  readonly value: number | null;
}

/** Corrections are for reports people read; figures beyond are in detail tables. */
const MOST_FIGURES = 5_000;
const WORDS: readonly ColumnKind[] = ['text', 'day', 'instant'];

/** The figures of a report in its order: the key figures, then every table. Comparisons with other periods are left out. */
export function figuresOf(document: ReportDocument): readonly Figure[] {
  const salt = `${document.name}:${String(document.period.from)}`;
  const key = document.highlights.map(({ label, kind, value, metricId }): Figure => ({
    id: idOf(salt, ['highlight', metricId ?? label]),
    place: '',
    label: metricId === undefined ? label : findMetric(metricId)[document.language],
    kind,
    value,
  }));
  const listed = document.sections.flatMap((section) =>
    section.tables.flatMap((table, index) =>
      isListed(table) ? tableFigures(salt, `${section.id}/${String(index)}`, section.title, table) : [],
    ),
  );
  return [...key, ...listed].slice(0, MOST_FIGURES);
}

function tableFigures(salt: string, place: string, title: string, table: ListedTable): readonly Figure[] {
  const seen = new Map<string, number>();
  const rows = [...table.rows, ...(table.totalRow === undefined ? [] : [table.totalRow])];
  return rows.flatMap((row) => {
    const words = table.columns.flatMap(({ kind }, at) =>
      WORDS.includes(kind) ? [String(row[at] ?? '')] : [],
    );
    const name = words.join('\u0000');
    const times = seen.get(name) ?? 0;
    seen.set(name, times + 1);
    return table.columns.flatMap(({ key, label, kind, emphasis }, at): Figure[] => {
      if (WORDS.includes(kind) || emphasis === 'change') return [];
      const rowWords = words.filter((word) => word !== '').join(' ');
      return [
        {
          id: idOf(salt, [place, name, String(times), key]),
          place: rowWords === '' ? title : `${title} · ${rowWords}`,
          label,
          kind,
          value: numberOf(row[at] ?? null),
        },
      ];
    });
  });
}

function numberOf(cell: Cell): number | null {
  return typeof cell === 'number' ? cell : null;
}

function idOf(salt: string, parts: readonly string[]): string {
  const hash = createHash('sha256').update(salt);
  for (const part of parts) hash.update('\u0001').update(part);
  return hash.digest('base64url').slice(0, 16);
}
