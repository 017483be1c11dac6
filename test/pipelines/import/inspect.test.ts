import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { inspectFile, SOURCES, type ColumnAlias } from '../../../pipelines/index.js';

const folder = mkdtempSync(join(tmpdir(), 'wxlive-inspect-'));
const inspect = (
  name: string,
  text: string,
  aliases: readonly ColumnAlias[] = [],
): ReturnType<typeof inspectFile> => {
  const path = join(folder, name);
  writeFileSync(path, text);
  return inspectFile(path, SOURCES, { passwords: [], aliases, rows: 20, language: 'zh' });
};

afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

const odd =
  '导出于某系统\n流水,直播间ID,实付金额(元),付款时刻,订单状态\nA1,9001,12.50,2026-09-11 20:00:00,已支付\n';

it('of a layout that nobody knows it says which adapter is nearest, and which headers are not known', async () => {
  const found = await inspect('odd.csv', odd);
  expect(found).toMatchObject({
    adapter: null,
    nearest: {
      name: 'orders',
      columns: {
        流水: null,
        直播间ID: 'room_id',
        '实付金额(元)': 'amount_yuan',
        付款时刻: null,
        订单状态: 'status',
      },
    },
    error: { code: 'unknown_layout' },
  });
  expect(found.error?.message).toContain('order_id');
  expect(found.tables[0]?.cells).toHaveLength(3);
});

it('and once the headers are mapped it is read', async () => {
  const aliases = [
    { header: '流水', field: 'order_id' },
    { header: '付款时刻', field: 'pay_time' },
  ];
  const found = await inspect('mapped.csv', odd, aliases);
  expect(found).toMatchObject({ adapter: { name: 'orders' }, nearest: null, error: null });
  expect(found.adapter?.columns).toMatchObject({ 流水: 'order_id', 付款时刻: 'pay_time' });
});

it('nothing is nearest where no header is known', async () => {
  expect(await inspect('strange.csv', 'qq,ww\n1,2\n')).toMatchObject({ adapter: null, nearest: null });
});
