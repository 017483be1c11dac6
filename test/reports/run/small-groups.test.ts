import { describe, expect, it } from 'vitest';
import type { Section } from '../../../reports/render/report-document.js';
import { isListed, type ListedTable } from '../../../reports/render/table-model.js';
import { suppressSmallGroups } from '../../../reports/run/small-groups.js';

const sectionOf = (rows: readonly (readonly [string, number, number])[], total = true): Section => ({
  id: 's',
  title: '渠道',
  tables: [
    {
      title: '渠道',
      columns: [
        { key: 'channel', label: '渠道', kind: 'text' },
        { key: 'entrants', label: '进入', kind: 'integer' },
        { key: 'gmv_fen', label: '金额', kind: 'money_fen' },
      ],
      rows,
      ...(total ? { totalRow: ['合计', 99, 99] } : {}),
      emptyNote: '',
    },
  ],
  charts: [
    {
      kind: 'bar',
      title: '',
      categories: rows.map(([name]) => name),
      series: [{ name: '', values: rows.map(([, entrants]) => entrants) }],
      valueKind: 'integer',
    },
    {
      kind: 'funnel',
      title: '',
      steps: [90, 4, 0].map((count) => ({ name: '', count, fromPrevious: null, fromFirst: null })),
    },
  ],
});
const rowsOf = (section: Section): ListedTable['rows'] => {
  const [table] = section.tables;
  return table !== undefined && isListed(table) ? table.rows : [];
};

describe('small groups', () => {
  it('of fewer than five people lose their figures, in tables and charts', () => {
    const safe = suppressSmallGroups(
      sectionOf(
        [
          ['a', 90, 1],
          ['b', 4, 2],
          ['c', 5, 3],
        ],
        false,
      ),
      'zh',
    );
    expect(rowsOf(safe)).toEqual([
      ['a', 90, 1],
      ['b', null, null],
      ['c', 5, 3],
    ]);
    expect(safe.charts[0]).toMatchObject({ series: [{ values: [90, null, 5] }] });
    expect(safe.charts[1]).toMatchObject({ steps: [{ count: 90 }] });
    expect(safe.tables[0]?.note).toContain('5');
  });

  it('cannot be had by taking the others from the total', () => {
    const safe = suppressSmallGroups(
      sectionOf([
        ['a', 90, 1],
        ['b', 4, 2],
        ['c', 50, 3],
      ]),
      'zh',
    );
    expect(rowsOf(safe)).toEqual([
      ['a', 90, 1],
      ['b', null, null],
      ['c', null, null],
    ]);
  });

  it('of nobody are no group, and large ones stay as they are', () => {
    const section = sectionOf([
      ['a', 90, 1],
      ['b', 0, 0],
    ]);
    expect(suppressSmallGroups(section, 'en').tables).toEqual(section.tables);
  });
});
