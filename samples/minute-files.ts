import { drawTable, PdfDocument, type TableLook } from '../formats/index.js';
import { beijingIso, beijingText, MINUTE_MS } from './company.js';
import type { SampleMinute } from './kandian-minutes.js';

/** Minute summaries as neutral JSON. */
export function neutralMinutes(room: string, minutes: readonly SampleMinute[], exportedAt: number): string {
  const rows = minutes.map(({ minute, ...figures }) => ({
    source: 'kandian',
    room_id: room,
    minute: beijingIso(minute),
    ...figures,
    exported_at: beijingIso(exportedAt),
  }));
  return `${JSON.stringify(rows)}\n`;
}

/** The same live as Tencent Cloud CSS sees it: connections, requests, traffic; Beijing text. */
export function cssMinutes(minutes: readonly SampleMinute[]): string {
  const DataInfoList = minutes.map(({ minute, online, requests, flux_mb, bandwidth_mbps }) => ({
    Time: beijingText(minute),
    Bandwidth: bandwidth_mbps,
    Flux: flux_mb,
    Request: requests,
    Online: online,
  }));
  return `${JSON.stringify({ Response: { DataInfoList, RequestId: '00000000-0000-0000-0000-000000000000' } })}\n`;
}

const HEADER = [
  '时间',
  '在线人数',
  '观看人数',
  '观看次数',
  '点赞数',
  '评论数',
  '分享数',
  '请求数',
  '流量(MB)',
  '带宽(Mbps)',
] as const;
const LOOK: TableLook = {
  ink: '222222',
  headerInk: '222222',
  headerFill: 'E8EEF2',
  rule: '888888',
  stripe: 'F7F9FA',
  line: 'CCCCCC',
  bar: 'B5D3E7',
  muted: '888888',
};

/** The console's PDF: title lines, a table over several pages, thousands commas, `--` for a missing figure, 合计. */
export async function minutesPdf(
  room: string,
  minutes: readonly SampleMinute[],
  exportedAt: number,
): Promise<Uint8Array> {
  const document = new PdfDocument({
    metadata: {
      title: '看点直播 分钟数据汇总',
      subject: room,
      creator: 'wxlive samples',
      language: 'zh-CN',
      createdAt: exportedAt,
    },
    margins: { top: 48, bottom: 48, left: 36, right: 36 },
    userPassword: null,
  });
  const [first, last] = [minutes[0]?.minute ?? exportedAt, minutes.at(-1)?.minute ?? exportedAt];
  const titles = [
    ['看点直播 分钟数据汇总', 15],
    [`直播间：${room} 统计时间：${clock(first)} 至 ${clock(last)}`, 9],
    [`导出时间：${beijingText(exportedAt)}`, 9],
  ] as const;
  for (const [text, size] of titles) {
    document.text(text, document.margins.left, document.y + size, { size, color: LOOK.ink });
    document.y += size * 1.8;
  }
  document.y += 6;
  const sum = (name: keyof SampleMinute): number =>
    minutes.reduce((total, minute) => total + minute[name], 0);
  const total = ['合计', '--', ...COUNTS.map((name) => grouped(sum(name))), grouped(sum('flux_mb'), 2), '--'];
  drawTable(
    document,
    {
      columns: HEADER.map((label, at) => ({ label, align: at === 0 ? 'left' : 'right', wraps: false })),
      rows: minutes.map((minute) => cellsOf(minute).map((text) => ({ text }))),
      totalRow: total.map((text) => ({ text })),
      emptyNote: '--',
    },
    LOOK,
  );
  const parts: Uint8Array[] = [];
  for await (const part of document.finish()) parts.push(part);
  return Buffer.concat(parts);
}

const COUNTS = ['uv', 'pv', 'likes', 'comments', 'shares', 'requests'] as const;

function cellsOf(minute: SampleMinute): string[] {
  return [
    clock(minute.minute),
    grouped(minute.online),
    ...COUNTS.map((name) => (isMissing(minute, name) ? '--' : grouped(minute[name]))),
    grouped(minute.flux_mb, 2),
    grouped(minute.bandwidth_mbps, 3),
  ];
}

/** Now and then the console has no count of comments. */
export function isMissing({ minute }: SampleMinute, name: keyof SampleMinute): boolean {
  return name === 'comments' && (minute / MINUTE_MS) % 29 === 0;
}

function clock(instant: number): string {
  return beijingText(instant).slice(0, 16);
}

const FORMATS = [0, 2, 3].map(
  (decimals) =>
    [
      decimals,
      new Intl.NumberFormat('en-US', { minimumFractionDigits: decimals, maximumFractionDigits: decimals }),
    ] as const,
);
const FORMAT_OF_DECIMALS: ReadonlyMap<number, Intl.NumberFormat> = new Map(FORMATS);

function grouped(value: number, decimals: 0 | 2 | 3 = 0): string {
  return FORMAT_OF_DECIMALS.get(decimals)?.format(value) ?? String(value);
}
