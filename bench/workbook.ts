/**
 * A detail sheet of 1,000,000 × 12 through the report's own rendering: seconds and peak memory, plain and encrypted.
 * `node dist/bench/workbook.js [rows]`; each figure is of a process of its own.
 */
import { execFileSync } from 'node:child_process';
import { createWriteStream, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { fileURLToPath } from 'node:url';
import type { ReportDocument, TableCells, TableColumn } from '../reports/index.js';
import { generatePassword, protectWorkbook, renderWorkbook } from '../reports/index.js';

const columns: readonly TableColumn[] = [
  { key: 'viewer', label: '观众', kind: 'text' },
  { key: 'platform', label: '平台', kind: 'text' },
  { key: 'event_time', label: '时间', kind: 'instant' },
  { key: 'room_id', label: '直播间', kind: 'text' },
  { key: 'channel', label: '渠道', kind: 'text' },
  { key: 'watch_seconds', label: '观看时长', kind: 'duration_seconds' },
  { key: 'amount_fen', label: '金额', kind: 'money_fen' },
  { key: 'watch_ratio', label: '观看比例', kind: 'percent' },
  { key: 'comments', label: '评论数', kind: 'integer' },
  { key: 'event', label: '事件', kind: 'text' },
  { key: 'day', label: '日期', kind: 'day' },
  { key: 'number', label: '序号', kind: 'integer' },
];

async function* rows(count: number): AsyncGenerator<readonly TableCells[], void> {
  for (let first = 0; first < count; first += 1000) {
    const batch = Array.from({ length: Math.min(1000, count - first) }, (_, index): TableCells => {
      const row = first + index;
      const hash = (Math.imul(row, 2_654_435_761) >>> 0).toString(16).padStart(8, '0');
      return [
        `${hash}-0000-4000-8000-${String(row).padStart(12, '0')}`,
        '小程序直播',
        1_789_041_600_000 + row * 37,
        `room-${String(row % 40)}`,
        '朋友圈海报',
        row % 977,
        (row * 7) % 100_000,
        (row % 1000) / 1000,
        row % 13,
        row % 3 === 0 ? 'order_pay' : 'goods_click',
        '2026-09-10',
        row,
      ];
    });
    yield await Promise.resolve(batch);
  }
}

function document(count: number): ReportDocument {
  const table = { title: '明细', columns, rows: rows(count), emptyNote: '没有数据' };
  return {
    name: 'bench',
    title: '明细',
    subtitle: '',
    period: { from: 0, to: 0, label: '2026-09-10' },
    state: 'complete',
    stateNote: null,
    dataAsOf: 0,
    recipient: null,
    language: 'zh',
    timeZone: 'Asia/Shanghai',
    highlights: [],
    summary: [],
    sections: [{ id: 'detail', title: '明细', tables: [table], charts: [] }],
    metrics: [],
  };
}

async function measure(encrypted: boolean, count: number): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), 'wxlive-bench-'));
  try {
    const file = join(directory, 'detail.xlsx');
    const start = performance.now();
    const plain = renderWorkbook(document(count));
    const bytes = encrypted
      ? protectWorkbook(plain, generatePassword())
      : { ok: true as const, value: plain };
    if (!bytes.ok) throw new Error(bytes.failure.reason);
    await pipeline(Readable.from(bytes.value), createWriteStream(file));
    const seconds = (performance.now() - start) / 1000;
    const { user, system } = process.cpuUsage();
    const megabytes = process.resourceUsage().maxRSS / 1024;
    console.log(
      `${encrypted ? 'encrypted' : 'plain    '} ${String(count)} × ${String(columns.length)}: ${seconds.toFixed(1)} s, ` +
        `${Math.round(count / seconds).toLocaleString('en-US')} rows/s, ${((user + system) / 1e6).toFixed(1)} s of CPU, peak ${megabytes.toFixed(0)} MB, ` +
        `file ${(statSync(file).size / 1e6).toFixed(1)} MB`,
    );
  } finally {
    rmSync(directory, { recursive: true });
  }
}

const [, , kind = '1000000', rowsOfKind = '0'] = process.argv;
if (kind === 'plain' || kind === 'encrypted') {
  await measure(kind === 'encrypted', Number(rowsOfKind));
} else {
  for (const one of ['plain', 'encrypted']) {
    execFileSync(process.execPath, [fileURLToPath(import.meta.url), one, kind], { stdio: 'inherit' });
  }
}
