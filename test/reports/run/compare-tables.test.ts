import { describe, expect, it } from 'vitest';
import type { ListedTable } from '../../../reports/render/table-model.js';
import { changeOf, compareTables } from '../../../reports/run/compare-tables.js';

const table = (rows: readonly (readonly [string, number | null, number])[], total?: number): ListedTable => ({
  title: '渠道',
  columns: [
    { key: 'channel', label: '渠道', kind: 'text' },
    { key: 'entrants', label: '进入', kind: 'integer' },
    { key: 'gmv_fen', label: '金额', kind: 'money_fen' },
  ],
  rows,
  ...(total === undefined ? {} : { totalRow: ['合计', total, 0] }),
  emptyNote: '',
});

describe('tables beside earlier ones', () => {
  const now = table(
    [
      ['a', 30, 500],
      ['b', 10, 0],
      ['new', 7, 1],
    ],
    47,
  );
  const before = table(
    [
      ['b', 20, 0],
      ['a', 20, 400],
      ['gone', 1, 9],
    ],
    41,
  );
  const compared = compareTables(
    now,
    [{ id: 'previous', label: '较前一日', table: before }],
    ['entrants'],
    'zh',
  );

  it('put the change behind its column, rows met by their names, the total by its place', () => {
    expect(compared.columns.map(({ key }) => key)).toEqual([
      'channel',
      'entrants',
      'entrants_previous_change',
      'gmv_fen',
    ]);
    expect(compared.rows).toEqual([
      ['a', 30, 0.5, 500],
      ['b', 10, -0.5, 0],
      ['new', 7, null, 1],
    ]);
    expect(compared.totalRow).toEqual(['合计', 47, (47 - 41) / 41, 0]);
  });

  it('leave out a change that is known nowhere', () => {
    const alone = compareTables(now, [{ id: 'previous', label: '', table: undefined }], ['entrants'], 'zh');
    expect(alone).toEqual(now);
  });

  it('show the share of the target where there is one', () => {
    const aimed = compareTables(now, [], ['entrants'], 'zh', (metric, row) =>
      metric === 'entrants' && row[0] === 'a' ? 60 : null,
    );
    expect(aimed.columns.map(({ key }) => key)).toContain('entrants_target_share');
    expect(aimed.rows.map((row) => row[2])).toEqual([0.5, null, null]);
  });

  it('know no change against nothing', () => {
    expect([changeOf(5, 0), changeOf(null, 4), changeOf(4, null), changeOf(3, -6)]).toEqual([
      null,
      null,
      null,
      1.5,
    ]);
  });
});
