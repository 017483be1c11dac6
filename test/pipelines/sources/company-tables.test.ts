import { describe, expect, it } from 'vitest';
import type { CellValue } from '../../../formats/index.js';
import { costsSource } from '../../../pipelines/sources/costs.js';
import { linksSource } from '../../../pipelines/sources/links.js';
import { ordersSource } from '../../../pipelines/sources/orders.js';
import { targetsSource } from '../../../pipelines/sources/targets.js';
import type { Source, SourceContext } from '../../../pipelines/source.js';
import type { DraftRecord, RejectCode } from '../../../schemas/index.js';
import { contextOf, readExpected, sampleRows, tableRow } from './sample-rows.js';

const { files } = readExpected();

function table(
  source: Source,
  fields: Readonly<Record<string, CellValue>>,
  part: Partial<SourceContext> = {},
): DraftRecord | RejectCode {
  const row = tableRow(source, Object.keys(fields), Object.values(fields));
  const outcome = source.normalize(row, contextOf(source, part));
  if (!outcome.ok) return outcome.failure.code;
  const [draft] = outcome.value;
  if (draft === undefined) throw new Error('no draft');
  return draft;
}

describe('the samples', () => {
  it.each([
    [ordersSource, 'orders-fen.csv'],
    [ordersSource, 'orders-yuan.xlsx'],
    [ordersSource, 'orders-open.csv'],
    [linksSource, 'links.csv'],
    [linksSource, 'links-late.csv'],
    [costsSource, 'costs.csv'],
    [targetsSource, 'targets.csv'],
  ] as const)('%o: %s', async (source, file) => {
    const rows = await sampleRows(source, file);
    expect(rows.filter(({ code }) => code !== null)).toEqual([]);
    expect(rows.length).toBe(files[file]?.rows);
    expect(rows.every(({ drafts }) => drafts.length === 1)).toBe(true);
  });

  it('orders in 元 and 分 add up to what they say', async () => {
    const sums = await Promise.all(
      ['orders-fen.csv', 'orders-yuan.xlsx', 'orders-open.csv'].map(async (file) => {
        const rows = await sampleRows(ordersSource, file);
        const orders = rows.flatMap(({ drafts }) => drafts.filter((draft) => draft.kind === 'order'));
        const paid = orders.filter(({ paid_at }) => paid_at !== null);
        return [
          paid.length,
          paid.reduce((sum, { amount_fen }) => sum + (amount_fen ?? 0), 0),
          orders.reduce((sum, { refund_fen }) => sum + (refund_fen ?? 0), 0),
        ];
      }),
    );
    // As awk and openpyxl add the columns up.
    expect(sums).toEqual([
      [13, 301_280, 20_000],
      [5, 116_380, 1_000],
      [4, 39_606, 0],
    ]);
  });
});

const order = { order_id: '1', amount_fen: '100', pay_time: '2026-09-10 20:00:05', status: 'paid' };

describe('orders', () => {
  it('read Beijing time whatever the zone of the report', () => {
    expect(table(ordersSource, order)).toMatchObject({
      paid_at: Date.UTC(2026, 8, 10, 12, 0, 5),
      amount_fen: 100,
    });
  });

  it.each([
    ['已支付', 'paid'],
    ['已完成', 'paid'],
    ['Paid', 'paid'],
    ['已退款', 'refunded'],
    ['refunded', 'refunded'],
    ['已关闭', 'closed'],
    ['closed', 'closed'],
    ['待支付', 'created'],
    [null, 'paid'],
  ])('status %s', (status, known) => {
    expect(table(ordersSource, { ...order, status })).toMatchObject({ status: known });
  });

  it('a closed or unpaid order has no time of payment, a refunded one is refunded as a whole', () => {
    expect(table(ordersSource, { ...order, status: '已关闭' })).toMatchObject({ paid_at: null });
    expect(table(ordersSource, { ...order, pay_time: null, status: null })).toMatchObject({
      status: 'created',
      paid_at: null,
    });
    expect(table(ordersSource, { ...order, status: '已退款' })).toMatchObject({ refund_fen: 100 });
    expect(table(ordersSource, { ...order, '退款金额（元）': '0.40', 退款单号: 'r1' })).toMatchObject({
      refund_fen: 40,
      refund_id: 'r1',
    });
  });

  it('never guess the unit of an amount', () => {
    const plain = { order_id: '1', 实付金额: '100', pay_time: order.pay_time };
    expect(table(ordersSource, plain)).toBe('bad_amount');
    expect(table(ordersSource, plain, { amountUnit: 'yuan' })).toMatchObject({ amount_fen: 10_000 });
    expect(table(ordersSource, plain, { amountUnit: 'fen' })).toMatchObject({ amount_fen: 100 });
    expect(table(ordersSource, { ...order, amount_fen: null, '订单金额 (元)': '1,234.5' })).toMatchObject({
      amount_fen: 123_450,
    });
  });

  it.each<[Record<string, CellValue>, RejectCode]>([
    [{ order_id: null }, 'missing_key'],
    [{ order_id: 1e19 }, 'id_lost_precision'],
    [{ openid: 1e19 }, 'id_lost_precision'],
    [{ amount_fen: '1.5' }, 'bad_amount'],
    [{ amount_fen: null }, 'bad_amount'],
    [{ pay_time: null }, 'time_unreadable'],
    [{ pay_time: '2026-02-30 00:00:00' }, 'time_unreadable'],
    [{ status: '???' }, 'bad_value'],
    [{ platform: 'douyin' }, 'unknown_platform'],
  ])('refuse %j', (part, code) => {
    expect(table(ordersSource, { ...order, ...part })).toBe(code);
  });

  it('come as JSON too, under any of their names', () => {
    const value = {
      订单号: 20_260_909,
      amount_yuan: '1.5',
      pay_time: '2026-09-10T20:00:05+08:00',
      订单状态: '已支付',
      openid: 'o12345',
    };
    expect(ordersSource.recognize(value)).toBeGreaterThan(0.5);
    const outcome = ordersSource.normalize({ from: 'json', value }, contextOf(ordersSource));
    expect(outcome).toMatchObject({
      ok: true,
      value: [{ order_id: '20260909', amount_fen: 150, ids: { openid: 'o12345' } }],
    });
    expect(ordersSource.normalize({ from: 'json', value: [] }, contextOf(ordersSource))).toMatchObject({
      ok: false,
    });
  });
});

describe('links', () => {
  const link = { code: 'Ab1', kind: 'h5', utm_source: ' Poster ', expires_at: '2026-10-01' };

  it('are read as queries are: source and medium in small letters', () => {
    expect(table(linksSource, { ...link, utm_campaign: ' A ' })).toMatchObject({
      code: 'Ab1',
      utm_source: 'poster',
      utm_campaign: 'A',
      expires_at: Date.UTC(2026, 8, 30, 16),
    });
    expect(table(linksSource, { code: 'x', note: null })).toMatchObject({
      link_kind: 'other',
      account: null,
    });
  });

  it.each<[Record<string, CellValue>, RejectCode]>([
    [{ code: null }, 'missing_key'],
    [{ code: 'x'.repeat(129) }, 'too_long'],
    [{ kind: 'poster' }, 'bad_value'],
    [{ platform: 'douyin' }, 'unknown_platform'],
    [{ expires_at: 'soon' }, 'time_unreadable'],
  ])('refuse %j', (part, code) => {
    expect(table(linksSource, { ...link, ...part })).toBe(code);
  });
});

describe('costs and targets', () => {
  it('read days and amounts', () => {
    expect(table(costsSource, { 日期: '2026/9/9', 渠道: 'poster', '花费(元)': '100' })).toMatchObject({
      day: '2026-09-09',
      channel: 'poster',
      amount_fen: 10_000,
    });
    expect(table(costsSource, { day: '2026-09-09', channel: null, amount_fen: 1 })).toBe('missing_key');
    expect(table(costsSource, { day: null, channel: 'a', amount_fen: 1 })).toBe('time_unreadable');
    expect(table(costsSource, { day: '2026-09-09', channel: 'a', amount_fen: '--' })).toBe('bad_amount');
  });

  it.each([
    ['2026', '2026'],
    ['2026-09', '2026-09'],
    ['2026-9', '2026-09'],
    ['2026年9月', '2026-09'],
    ['2026-W37', '2026-W37'],
    ['2026w7', '2026-W07'],
    ['2026/9/9', '2026-09-09'],
    ['2026-09-09 00:00:00', '2026-09-09'],
  ])('period %s', (text, period) => {
    expect(table(targetsSource, { metric: 'gmv_fen', period: text, target: 1 })).toMatchObject({ period });
  });

  it.each<[Record<string, CellValue>, RejectCode]>([
    [{ period: '2026-13' }, 'bad_value'],
    [{ period: '2026-02-30' }, 'bad_value'],
    [{ period: '2026-W54' }, 'bad_value'],
    [{ metric: null }, 'missing_key'],
    [{ target: 'many' }, 'bad_number'],
    [{ target: null }, 'missing_key'],
    [{ platform: 'douyin' }, 'unknown_platform'],
  ])('refuse %j', (part, code) => {
    expect(table(targetsSource, { metric: 'viewers', period: '2026-09', target: 1, ...part })).toBe(code);
  });
});
