import { describe, expect, it } from 'vitest';
import type { ReportDocument } from '../../../reports/index.js';
import { changeNote, compareFigures, movedBeyond } from '../../../reports/run/change-note.js';
import { figuresOf } from '../../../reports/run/figures.js';
import { tinyCompute, tinyDefinition } from '../schedule/tiny-report.js';

const run = { report: 'tiny', scheduledAt: Date.UTC(2026, 10, 12), issue: 0 };

async function documentOf(viewers: number): Promise<ReportDocument> {
  const built = await tinyCompute('Asia/Shanghai', () => ({ viewers, complete: true }))(
    tinyDefinition({}),
    run,
  );
  if (!built.ok) throw new Error(built.failure.message);
  return built.value;
}
const told = (document: ReportDocument) => new Map(figuresOf(document).map(({ id, value }) => [id, value]));

describe('what moved since a report was issued', () => {
  it('is nothing when nothing did, and is measured against the threshold', async () => {
    const before = told(await documentOf(1_000));
    const same = compareFigures(await documentOf(1_000), before);
    expect(same).toEqual({ moved: [], vanished: 0 });
    expect(movedBeyond(same, 0)).toBe(false);
    const more = compareFigures(await documentOf(1_050), before);
    expect(movedBeyond(more, 0.05)).toBe(false);
    expect(movedBeyond(more, 0.049)).toBe(true);
    expect(movedBeyond(compareFigures(await documentOf(0), before), 0.99)).toBe(true);
  });

  it('says where, from and to', async () => {
    const document = await documentOf(1_234);
    const note = changeNote(document, 2, compareFigures(document, told(await documentOf(1_000))));
    expect(note.title).toContain('第 2 次更正');
    expect(note.tables[0]?.rows).toEqual([['各场直播 · 秋季新品首发', '观看人数', '1,000', '1,234']]);
  });

  it('finds rows that are new and rows that are gone', async () => {
    const document = await documentOf(1_000);
    const [section] = document.sections;
    const [table] = section?.tables ?? [];
    if (section === undefined || table === undefined) throw new Error('no table');
    const renamed = {
      ...document,
      sections: [{ ...section, tables: [{ ...table, rows: [['另一场', 1_000]] }] }],
    };
    const movement = compareFigures(renamed, told(document));
    expect(movement.vanished).toBe(1);
    expect(movement.moved).toHaveLength(1);
    expect(movedBeyond(movement, 10)).toBe(true);
  });

  it('keeps numbers alone: ids tell no text', async () => {
    const figures = figuresOf(await documentOf(1_000));
    expect(figures.map(({ id }) => id).join()).toMatch(/^[\w-]{16}$/);
  });
});
