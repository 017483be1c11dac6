import { encryptPackage } from '../formats/index.js';
import { beijingTime, DAY_MS, DAYS, MINI_LIVES, MINUTE_MS } from './company.js';
import {
  costsCsv,
  linksCsv,
  orderRows,
  ordersCsv,
  roomsJson,
  rosterCsv,
  rosterRows,
  targetsCsv,
  violationsJson,
} from './company-files.js';
import { LINKS } from './entrances.js';
import {
  brokenLines,
  ownEventArray,
  ownEventCsv,
  ownEventLines,
  ownEventRows,
  sensorsLog,
  wedataCsv,
} from './event-files.js';
import { writeFiles, type PlannedFile, type SampleFile } from './files.js';
import { encodeGb18030 } from './gb18030-encoder.js';
import { restate } from './kandian-minutes.js';
import { cssMinutes, minutesPdf, neutralMinutes } from './minute-files.js';
import { SeededRandom } from './random.js';
import { tellTruth, type SampleTruth } from './truth.js';
import { buildSignIns } from './wecom-audience.js';
import { livingInfo, signInSheets, watchCsv, watchPages, watchSheet } from './wecom-files.js';
import { buildWorkbook } from './workbook.js';
import { buildWorld, type World } from './world.js';

export interface SampleOptions {
  readonly outDir: string;
  /** @default 20261111 */
  readonly seed?: number;
  /** First of the three days, in Beijing. @default '2026-11-09' */
  readonly firstDay?: string;
  /** Share of the usual number of people. @default 1 */
  readonly scale?: number;
}

export interface Samples {
  /** In the order in which they are to be imported. */
  readonly files: readonly SampleFile[];
  readonly truth: SampleTruth;
}

/** Opens the encrypted workbook. */
export const SAMPLE_PASSWORD = 'ShanYe#2026直播';

/**
 * Makes up three days of a company and writes them as the platforms would export them. The same options give the
 * same rows (an encrypted file has new salts each time).
 */
export async function generateSamples(options: SampleOptions): Promise<Samples> {
  const { outDir, seed = 20_261_111, firstDay = '2026-11-09', scale = 1 } = options;
  const world = buildWorld(seed, firstDay, scale);
  const random = new SeededRandom(seed).fork('files');
  const planned = [
    ...companyFiles(world, firstDay),
    ...eventFiles(world, firstDay, random),
    ...(await minuteFiles(world)),
    ...wecomFiles(world, firstDay, random),
    ...orderFiles(world, firstDay),
  ];
  const files = await writeFiles(outDir, planned);
  const truth = tellTruth(
    world,
    minuteExports(world).map(({ room, rows, hasViews }) => [room, rows, hasViews]),
  );
  return { files, truth };
}

function companyFiles(world: World, firstDay: string): PlannedFile[] {
  const { employees, joined } = world;
  const created = beijingTime(firstDay, 1, 540);
  const roster = rosterRows(firstDay, employees, joined);
  return [
    { name: '链接登记表.csv', adapter: 'links', rows: LINKS.length, content: linksCsv(firstDay, employees) },
    {
      name: '花名册-月初.csv',
      adapter: 'employees',
      rows: employees.length,
      content: encodeGb18030(rosterCsv(firstDay, employees)),
    },
    {
      name: '花名册-更新.xlsx',
      adapter: 'employees',
      rows: employees.length + 1,
      duplicates: employees.length - 3,
      content: buildWorkbook([{ name: '花名册', rows: roster, headerRow: 1 }], created),
    },
    {
      name: '小程序直播间.json',
      adapter: 'miniprogram-rooms',
      rows: MINI_LIVES.length,
      content: roomsJson(firstDay),
    },
    { name: '投放费用.csv', adapter: 'costs', rows: DAYS * 5, content: costsCsv(firstDay) },
    { name: '经营目标.csv', adapter: 'targets', rows: 1 + MINI_LIVES.length, content: targetsCsv(firstDay) },
    { name: '违规通知.json', adapter: 'violations', rows: 1, content: violationsJson(firstDay) },
  ];
}

/** Day of the company's doings: the night after a live still belongs to it. */
function doingDay(firstDay: string, time: number): number {
  const day = Math.floor((time - beijingTime(firstDay, 0, 360)) / DAY_MS);
  return Math.min(DAYS - 1, Math.max(0, day));
}

function eventFiles(world: World, firstDay: string, random: SeededRandom): PlannedFile[] {
  const { events } = world.script;
  const own = events.filter(({ told_by }) => told_by === 'events');
  const mini = own.filter(({ platform, account }) => platform === 'miniprogram' && account === null);
  const [first = [], second = [], third = []] = Array.from({ length: DAYS }, (_, day) =>
    mini.filter(({ time }) => doingDay(firstDay, time) === day),
  );
  const h5 = own.filter(({ platform }) => platform === 'kandian');
  const store = own.filter(({ account }) => account !== null);
  const mall = events.filter(({ told_by }) => told_by === 'sensors');
  const reserved = events.filter(({ told_by }) => told_by === 'wedata');
  const lines = ownEventLines(first, brokenLines(beijingTime(firstDay, 0, 1_215)));
  const storeLines = ownEventLines(store, []);
  const log = sensorsLog(random, mall);
  const roomOf = (time: number): string => MINI_LIVES[doingDay(firstDay, time)]?.room ?? '';
  const subscribed = wedataCsv(reserved, roomOf);
  const sheet = { name: '事件', rows: ownEventRows(third), headerRow: 0 };
  const size = (rows: readonly unknown[], text: { duplicates: number; rejected: number }) => ({
    rows: rows.length + text.duplicates + text.rejected,
    duplicates: text.duplicates,
    rejected: text.rejected,
  });
  return [
    { name: '小程序事件-第1天.ndjson', adapter: 'events', content: lines.text, ...size(first, lines) },
    { name: '小程序事件-第2天.csv', adapter: 'events', rows: second.length, content: ownEventCsv(second) },
    {
      name: '小程序事件-第3天.xlsx',
      adapter: 'events',
      rows: third.length,
      content: buildWorkbook([sheet], beijingTime(firstDay, DAYS, 0)),
    },
    { name: 'H5页面事件.json', adapter: 'events', rows: h5.length, content: ownEventArray(h5) },
    {
      name: '门店小程序事件.ndjson',
      adapter: 'events',
      content: storeLines.text,
      ...size(store, storeLines),
    },
    { name: '神策-商城.log', adapter: 'sensors', content: log.text, ...size(mall, log) },
    {
      name: '统计报表-预约直播.csv',
      adapter: 'wedata',
      content: subscribed.text,
      ...size(reserved, subscribed),
    },
  ];
}

interface MinuteExport {
  readonly room: string;
  readonly rows: World['kandian'][number]['minutes'];
  readonly hasViews: boolean;
  readonly exportedAt: number;
}

/** Neutral JSON, a later one of a dozen of its minutes, CSS, PDF. */
function minuteExports(world: World): readonly MinuteExport[] {
  const exports = world.kandian.map(({ live, minutes }, at) => ({
    room: live.room,
    rows: minutes,
    hasViews: at !== 1,
    exportedAt: (minutes.at(-1)?.minute ?? 0) + 36 * MINUTE_MS,
  }));
  const [first, ...others] = exports;
  if (first === undefined) return [];
  const later = {
    ...first,
    rows: restate(first.rows, 31, 12),
    exportedAt: first.exportedAt + 10 * 60 * MINUTE_MS,
  };
  return [first, later, ...others];
}

async function minuteFiles(world: World): Promise<PlannedFile[]> {
  const [first, later, css, pdf] = minuteExports(world);
  if (first === undefined || later === undefined || css === undefined || pdf === undefined) return [];
  const neutral = ({ room, rows, exportedAt }: MinuteExport): string =>
    neutralMinutes(room, rows, exportedAt);
  const file = (name: string, from: MinuteExport, content: PlannedFile['content']): PlannedFile => ({
    name,
    adapter: 'minutes',
    room: from.room,
    rows: from.rows.length,
    content,
  });
  return [
    file(`看点-${first.room}-第1天.json`, first, neutral(first)),
    file(`看点-${later.room}-第1天-重出.json`, later, neutral(later)),
    file(`云直播-${css.room}-第2天.json`, css, cssMinutes(css.rows)),
    file(`看点-${pdf.room}-第3天.pdf`, pdf, await minutesPdf(pdf.room, pdf.rows, pdf.exportedAt)),
  ];
}

function wecomFiles(world: World, firstDay: string, random: SeededRandom): PlannedFile[] {
  const anchor = world.employees[0];
  if (anchor === undefined) return [];
  return world.wecom.flatMap(({ live, attendees }, at) => {
    const exportedAt = beijingTime(firstDay, live.day + 1, 510);
    const info = livingInfo(firstDay, live, anchor, attendees);
    const list = { adapter: 'wecom-watch', room: live.liveId, rows: attendees.length } as const;
    const files: PlannedFile[] = [
      {
        name: `企微直播详情-${live.title}.json`,
        adapter: 'wecom-live',
        room: live.liveId,
        rows: 1,
        content: info,
      },
    ];
    if (at === 0) {
      const workbook = buildWorkbook([watchSheet(attendees, exportedAt)], exportedAt);
      const rounds = buildSignIns(random, firstDay, live, attendees, 3);
      files.push({
        ...list,
        name: `观看明细-${live.title}.xlsx`,
        password: SAMPLE_PASSWORD,
        content: encryptPackage(workbook, SAMPLE_PASSWORD),
      });
      files.push({
        name: `签到-${live.title}.xlsx`,
        adapter: 'wecom-signin',
        room: live.liveId,
        rows: rounds.reduce((sum, { names }) => sum + names.length, 0),
        content: buildWorkbook(signInSheets(rounds), exportedAt),
      });
    } else if (at === 1) {
      files.push({ ...list, name: `观看明细-${live.title}.csv`, content: watchCsv(attendees, exportedAt) });
    } else {
      files.push({ ...list, name: `观看明细-${live.title}.json`, content: watchPages(attendees) });
    }
    return files;
  });
}

function orderFiles(world: World, firstDay: string): PlannedFile[] {
  const orders = world.script.orders.filter(({ in_file }) => in_file);
  const isLate = (time: number): boolean => doingDay(firstDay, time) === DAYS - 1;
  const early = orders.filter(({ created_at }) => !isLate(created_at));
  const late = orders.filter(({ created_at }) => isLate(created_at));
  const sheet = { name: '订单', rows: orderRows(late), headerRow: 0 };
  return [
    { name: '订单-前两天.csv', adapter: 'orders', rows: early.length, content: ordersCsv(early) },
    {
      name: '订单-第3天.xlsx',
      adapter: 'orders',
      rows: late.length,
      content: buildWorkbook([sheet], beijingTime(firstDay, DAYS, 60)),
    },
  ];
}
