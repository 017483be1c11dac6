import { describe, expect, it } from 'vitest';
import { textWidth } from '../../../formats/text-width.js';
import type { ListedTable, TableColumn } from '../../../reports/render/table-model.js';
import { COLUMN_KINDS } from '../../../reports/render/table-model.js';
import { renderFunnel, renderTable } from '../../../reports/render/text.js';

const OPTIONS = { language: 'zh', timeZone: 'Asia/Shanghai' } as const;

const channels: ListedTable = {
  title: '渠道',
  columns: [
    { key: 'channel', label: '渠道', kind: 'text' },
    { key: 'entrants', label: '进入人数', kind: 'integer' },
    { key: 'rate', label: '转化率', kind: 'percent' },
    { key: 'gmv', label: 'GMV', kind: 'money_fen' },
    { key: 'watch', label: '时长', kind: 'duration_seconds' },
    { key: 'at', label: '开始', kind: 'instant' },
    { key: 'change', label: '环比', kind: 'percent', emphasis: 'change' },
  ],
  rows: [
    ['微信群', 12_345, 0.0342, 123_456_789, 3723, Date.UTC(2026, 8, 10, 12), 0.1],
    ['(none)', 7, null, 0, 59, null, -0.25],
  ],
  totalRow: ['合计', 12_352, 0.03, 123_456_789, null, null, null],
  emptyNote: '没有数据',
};

describe('a table on a terminal', () => {
  it('stands in columns, figures to the right', () => {
    expect(renderTable(channels, OPTIONS)).toBe(
      [
        '渠道',
        '渠道    进入人数  转化率     GMV（元）     时长  开始                環比'.replace('環', '环'),
        '─'.repeat(73),
        '微信群    12,345    3.4%  1,234,567.89  1:02:03  2026-09-10 20:00  +10.0%',
        '(none)         7       –          0.00  0:00:59  –                 -25.0%',
        '─'.repeat(73),
        '合计      12,352    3.0%  1,234,567.89        –  –                      –',
      ].join('\n'),
    );
  });

  it('shortens no name for a figure that finds room in another block', () => {
    const columns = ['a', 'b', 'c', 'd', 'e', 'f', 'g'].map((key): TableColumn => ({
      key,
      label: '点击商品人数',
      kind: 'integer',
    }));
    const text = renderTable(
      {
        ...channels,
        columns: [{ key: 'channel', label: '渠道', kind: 'text' }, ...columns],
        rows: [['official_account_menu', 1, 2, 3, 4, 5, 6, 7]],
      },
      OPTIONS,
    );
    expect(text.split('official_account_menu')).toHaveLength(3);
  });

  it('says so when there are no rows, and shows no total then', () => {
    const text = renderTable({ ...channels, rows: [] }, OPTIONS);
    expect(text).toContain('没有数据');
    expect(text).not.toContain('合计');
  });

  it('is never wider than the terminal, whatever it holds, and keeps its lines', () => {
    // a small generator of our own keeps the cases the same every time
    let seed = 7;
    const random = (below: number) => {
      seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648;
      return seed % below;
    };
    const pieces = [
      '直播',
      'live',
      ' ',
      '😀',
      '\n',
      '\u001b[31m',
      '，',
      'é',
      '\u0301',
      '𠮷',
      '-',
      '\u202e',
      '1',
    ];
    const word = () => Array.from({ length: random(60) }, () => pieces[random(pieces.length)] ?? '').join('');
    for (let round = 0; round < 300; round += 1) {
      const columns = Array.from({ length: 1 + random(45) }, (_, index): TableColumn => {
        const kind = COLUMN_KINDS[random(COLUMN_KINDS.length)] ?? 'text';
        return { key: `c${String(index)}`, label: word(), kind };
      });
      const row = () =>
        columns.map(({ kind }) =>
          random(5) === 0
            ? null
            : kind === 'text' || kind === 'day'
              ? word()
              : random(2 ** 30) * (random(2) === 0 ? 1 : -1),
        );
      const rows = Array.from({ length: random(6) }, row);
      const width = 20 + random(100);
      const text = renderTable(
        { title: word(), columns, rows, totalRow: row(), emptyNote: 'x', note: word() },
        { ...OPTIONS, width },
      );
      for (const line of text.split('\n')) {
        expect(textWidth(line)).toBeLessThanOrEqual(width);
        expect(line).not.toMatch(/[\p{Cc}\u202e]/u);
      }
    }
  });

  it('breaks a note between words and hanzi, no word inside, no mark at the start of a line', () => {
    const note =
      'Poster B converts 3.4% of 1,234 viewers, poster A 2.1%: the difference is 1.3 points (95% interval 0.4 to 2.2). ' +
      '样本比例 50.2%，与预期一致；差异经 Holm-Bonferroni 校正，结论可以使用。';
    for (let width = 24; width < 90; width += 1) {
      const told = renderTable({ ...channels, rows: [], title: '', note }, { ...OPTIONS, width }).split('\n');
      const noted = told.slice(told.findIndex((line) => line.startsWith('Poster')));
      expect(noted.join('').replaceAll(/\s/g, '')).toBe(note.replaceAll(/\s/g, ''));
      for (const line of noted) {
        expect(textWidth(line)).toBeLessThanOrEqual(width);
        expect(line).not.toMatch(/^[，；。:,)]|\s$/);
      }
      const words = new Set(noted.join('\n').match(/[A-Za-z]+|\d[\d.,]*\d%?/g));
      for (const word of note.match(/[A-Za-z]+|\d[\d.,]*\d%?/g) ?? []) expect(words).toContain(word);
    }
  });

  it('squeezes text before it touches a figure', () => {
    const text = renderTable(
      { ...channels, rows: [['一个非常长的渠道名称'.repeat(6), 12_345, 0.5, 123_456_789, 3723, 0, 0.1]] },
      OPTIONS,
    );
    expect(text).toContain('…');
    expect(text).toContain('1,234,567.89');
    expect(text).toContain('12,345');
  });
});

describe('a table wider than the terminal', () => {
  const models = ['首次触点', '末次触点', '末次非直接', '线性', '位置', '时间衰减', '马尔可夫', '沙普利'];
  const wide = {
    title: '渠道归因：金额',
    columns: [
      { key: 'channel', label: '渠道', kind: 'text' as const },
      ...models.map((label, index) => ({ key: `m${index}`, label, kind: 'money_fen' as const })),
    ],
    rows: [
      ['wechat_group', ...models.map((_, index) => 123_456_789 + index)],
      ['(none)', ...models.map(() => 1)],
    ],
    totalRow: ['合计', ...models.map((_, index) => 123_456_790 + index)],
    emptyNote: '没有数据',
    note: '说明',
  };

  it('goes on below, with the first column again; no figure and no label is cut', () => {
    const text = renderTable(wide, OPTIONS);
    for (const line of text.split('\n')) expect(textWidth(line)).toBeLessThanOrEqual(80);
    expect(text).not.toContain('…');
    for (const label of models) expect(text.split(`${label}（元）`)).toHaveLength(2);
    const blocks = text.split('\n\n');
    expect(blocks.length).toBeGreaterThan(1);
    for (const block of blocks) {
      expect(block).toContain('wechat_group');
      expect(block).toContain('合计');
    }
    expect(text.match(/1,234,567\.8\d|1,234,567\.9\d/g)).toHaveLength(16);
    expect(text.split('说明')).toHaveLength(2);
    expect(text.split('渠道归因：金额')).toHaveLength(2);
  });

  it('stays one block where there is room, and says once that it is empty', () => {
    expect(renderTable(wide, { ...OPTIONS, width: 200 })).not.toContain('\n\n');
    expect(renderTable({ ...wide, rows: [] }, OPTIONS).split('没有数据')).toHaveLength(2);
  });
});

describe('a funnel on a terminal', () => {
  const funnel = {
    kind: 'funnel',
    title: '漏斗',
    steps: [
      { name: '进入直播间', count: 15_061, fromPrevious: null, fromFirst: 1 },
      { name: '支付', count: 1, fromPrevious: 0.0001, fromFirst: 0.0001 },
      { name: '退款', count: 0, fromPrevious: 0, fromFirst: 0 },
    ],
  } as const;

  it('draws bars in proportion and fills the width', () => {
    const [title, first, second, third] = renderFunnel(funnel, OPTIONS).split('\n');
    expect(title).toBe('漏斗');
    expect(textWidth(first ?? '')).toBe(80);
    expect(first).toMatch(/^进入直播间 {2}█+ {2}15,061 {2}100\.0%$/);
    expect(second).toMatch(/▏ +1 +0\.0%$/);
    expect(third).not.toMatch(/[█▏]/);
  });

  it('does with nothing', () => {
    expect(renderFunnel({ kind: 'funnel', title: '', steps: [] }, OPTIONS)).toBe('');
  });
});
