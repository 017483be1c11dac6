import { describe, expect, it } from 'vitest';
import { findHeader } from '../../../pipelines/import/choose-source.js';
import { SOURCES } from '../../../pipelines/index.js';
import type { CellValue } from '../../../formats/index.js';

function look(header: readonly CellValue[], aliases: { header: string; field: string }[] = []): string {
  const found = findHeader(
    [
      { row: 1, cells: header },
      { row: 2, cells: header.map(() => 'x') },
    ],
    SOURCES,
    aliases,
  );
  return found.ok ? found.value.match.source.name : `${found.failure.code} ${found.failure.detail ?? ''}`;
}

describe('a layout that nobody knows', () => {
  it('names the nearest adapter and the columns it lacks, as they would stand in a file', () => {
    expect(look(['观看人', '观众类型', '停留'])).toBe(
      'unknown_layout wecom-watch: watch_seconds（观看时长）',
    );
    expect(look(['订单号', '直播间ID', '买家'])).toMatch(/^unknown_layout orders: amount_fen.*, pay_time/u);
  });

  it('is known once the column is mapped', () => {
    const aliases = [{ header: '停留', field: 'watch_seconds' }];
    expect(look(['观看人', '观众类型', '停留'], aliases)).toBe('wecom-watch');
  });

  it('says how many columns there are where nothing is near', () => {
    expect(look(['苹果', '梨'])).toBe('unknown_layout 列 / columns: 2');
  });
});
