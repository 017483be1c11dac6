import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { sensorsRecordSchema, wedataRowSchema } from '../../../schemas/index.js';
import { wedataSource } from '../../../pipelines/sources/wedata.js';
import { SAMPLES, tableRow } from '../../pipelines/sources/sample-rows.js';
import { openFile } from '../../../formats/index.js';

describe('wire shapes', () => {
  it.each(['sensors-01.log', 'sensors-02.log'])('%s holds what the schema says', (file) => {
    const lines = readFileSync(SAMPLES + file, 'utf8')
      .split('\n')
      .filter((line) => line !== '');
    for (const line of lines) expect(sensorsRecordSchema.safeParse(JSON.parse(line)).error).toBeUndefined();
    expect(lines.length).toBeGreaterThan(10);
  });

  it('refuse what is none', () => {
    expect(sensorsRecordSchema.safeParse({ type: 'track', event: 'x' }).success).toBe(false);
    expect(
      sensorsRecordSchema.safeParse({ type: 'track', event: 'x', time: 1, properties: { a: {} } }).success,
    ).toBe(false);
  });

  it('the We分析 export has the columns the schema names', async () => {
    const opened = await openFile(`${SAMPLES}统计报表-直播-44条-2026-09-11-2026-09-11.csv`, {
      passwords: [],
    });
    if (!opened.ok || opened.value.content.kind !== 'table') throw new Error('no table');
    for await (const { rows } of opened.value.content.chunks()) {
      const [header, ...rest] = rows;
      for (const { cells } of rest) {
        const row = tableRow(wedataSource, header?.cells ?? [], cells);
        expect(wedataRowSchema.safeParse(row.cells).error).toBeUndefined();
      }
    }
    await opened.value.close();
  });
});
