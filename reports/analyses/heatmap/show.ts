import type { HeatmapResult, HeatmapRoom, Language } from '../../../schemas/index.js';
import type { ChartModel } from '../../render/chart-model.js';
import type { ListedTable } from '../../render/table-model.js';
import { emptyText, LABELS, type Label } from '../labels.js';
import { metricColumn } from '../metric-column.js';

import { bucketMinutes } from './time-buckets.js';

const TEXT = {
  title: { zh: '互动热力图', en: 'Heatmap' },
  key: { zh: '行为 / 商品', en: 'Action / goods' },
  busiest: { zh: '最热分钟', en: 'Busiest minute' },
  atPeak: { zh: '该分钟', en: 'In it' },
  heat: { zh: '热度', en: 'Heat' },
  rooms: { zh: '各直播间', en: 'Rooms' },
} as const satisfies Readonly<Record<string, Label>>;

/** What can be looked at: columns of time, rows of a room, rooms. */
const MOST_COLUMNS = 24;
const MOST_ROWS = 30;
const MOST_ROOMS = 12;
const BLOCKS = '▁▂▃▄▅▆▇█';

/** All rooms; and for the busiest ones a line for each key, with its course. */
export function heatmapTables(result: HeatmapResult, language: Language): ListedTable[] {
  const emptyNote = emptyText(result.notes, language);
  const rooms: ListedTable = {
    title: `${TEXT.title[language]} · ${TEXT.rooms[language]}`,
    columns: [
      { key: 'room_id', label: LABELS.room[language], kind: 'text' },
      metricColumn('actions', language, { key: 'events', emphasis: 'bar' }),
      metricColumn('active_minutes', language, { key: 'minutes' }),
    ],
    rows: result.rooms.map((room) => [nameOf(room, result), eventsOf(room), room.minutes.length]),
    emptyNote,
  };
  return [rooms, ...shownRooms(result).map((room) => roomTable(room, result, language))];
}

function roomTable(room: HeatmapRoom, result: HeatmapResult, language: Language): ListedTable {
  const buckets = bucketMinutes(room.minutes, MOST_COLUMNS);
  const hidden = room.rows.length - MOST_ROWS;
  const width = buckets.widthMinutes;
  const first = buckets.labels[0] ?? '';
  const last = buckets.labels.at(-1) ?? '';
  const scale =
    language === 'zh'
      ? `热度：${first} 至 ${last}，每格 ${width} 分钟，每行各自从低到高。`
      : `Heat: ${first} to ${last}, ${width} min each, every row on its own scale.`;
  const more = language === 'zh' ? `另有 ${hidden} 行未列出。` : ` ${hidden} more rows are not shown.`;
  return {
    title: `${TEXT.title[language]} · ${nameOf(room, result)}`,
    columns: [
      { key: 'key', label: TEXT.key[language], kind: 'text' },
      metricColumn('actions', language, { key: 'events' }),
      { key: 'busiest_minute', label: TEXT.busiest[language], kind: 'instant' },
      metricColumn('actions', language, { key: 'busiest_events', label: TEXT.atPeak[language] }),
      { key: 'heat', label: TEXT.heat[language], kind: 'text' },
    ],
    rows: room.rows.slice(0, MOST_ROWS).map(({ key, counts }) => {
      const peak = counts.reduce((best, count, index) => (count > (counts[best] ?? 0) ? index : best), 0);
      const minute = room.minutes[peak];
      return [
        key,
        sumOf(counts),
        minute === undefined ? null : Date.parse(minute),
        counts[peak] ?? 0,
        heatStrip(buckets.sum(counts)),
      ];
    }),
    emptyNote: LABELS.empty[language],
    note: scale + (hidden > 0 ? more : ''),
  };
}

/** A character a column: blank for nothing, higher for more. */
export function heatStrip(sums: readonly number[]): string {
  const most = Math.max(...sums, 1);
  return sums
    .map((sum) => (sum === 0 ? '·' : (BLOCKS[Math.ceil((sum / most) * BLOCKS.length) - 1] ?? '·')))
    .join('');
}

export function heatmapCharts(result: HeatmapResult, language: Language): ChartModel[] {
  return shownRooms(result).map((room): ChartModel => {
    const buckets = bucketMinutes(room.minutes, MOST_COLUMNS);
    const rows = room.rows.slice(0, MOST_ROWS);
    return {
      kind: 'heatmap',
      title: `${TEXT.title[language]} · ${nameOf(room, result)}`,
      rowLabels: rows.map(({ key }) => key),
      columnLabels: buckets.labels,
      values: rows.map(({ counts }) => buckets.sum(counts)),
      valueKind: 'integer',
    };
  });
}

/** The busiest rooms, in the order of the result. */
function shownRooms({ rooms }: HeatmapResult): readonly HeatmapRoom[] {
  if (rooms.length <= MOST_ROOMS) return rooms;
  const busiest = new Set(
    [...rooms].sort((left, right) => eventsOf(right) - eventsOf(left)).slice(0, MOST_ROOMS),
  );
  return rooms.filter((room) => busiest.has(room));
}

function nameOf(room: HeatmapRoom, { rooms }: HeatmapResult): string {
  const isSeveral = new Set(rooms.map(({ account }) => account)).size > 1;
  return isSeveral ? `${room.account}:${room.room_id}` : room.room_id;
}

function eventsOf({ rows }: HeatmapRoom): number {
  return rows.reduce((sum, { counts }) => sum + sumOf(counts), 0);
}

function sumOf(counts: readonly number[]): number {
  return counts.reduce((sum, count) => sum + count, 0);
}
