import type { AudienceResult, AudienceRoom, Language } from '../../../schemas/index.js';
import type { ChartModel } from '../../render/chart-model.js';
import type { ListedTable } from '../../render/table-model.js';
import { emptyText, LABELS, type Label } from '../labels.js';
import { metricColumn, metricLabel } from '../metric-column.js';

const TEXT = {
  title: { zh: '在线观众', en: 'Audience' },
  stayed: { zh: '停留时长', en: 'Stayed' },
  peakAt: { zh: '峰值时刻', en: 'Peak at' },
  minutes: { zh: '分钟', en: 'min' },
} as const satisfies Readonly<Record<string, Label>>;

export function audienceTables(result: AudienceResult, language: Language): ListedTable[] {
  const say = (label: Label): string => label[language];
  const emptyNote = emptyText(result.notes, language);
  const severalAccounts = new Set(result.rooms.map(({ account }) => account)).size > 1;
  const nameOf = (room: AudienceRoom): string =>
    severalAccounts ? `${room.account}:${room.room_id}` : room.room_id;
  return [
    {
      title: say(TEXT.title),
      columns: [
        { key: 'room_id', label: say(LABELS.room), kind: 'text' },
        metricColumn('room_viewers', language, { key: 'viewers', emphasis: 'bar' }),
        metricColumn('views', language),
        metricColumn('peak_concurrent', language),
        { key: 'peak_at', label: say(TEXT.peakAt), kind: 'instant' },
        metricColumn('average_concurrent', language, { decimals: 1 }),
        metricColumn('watch_seconds', language),
        metricColumn('average_watch_seconds', language, { key: 'watch_seconds_per_viewer' }),
        metricColumn('replay_viewers', language),
      ],
      rows: result.rooms.map((room) => [
        nameOf(room),
        room.viewers,
        room.views,
        room.peak_concurrent,
        room.peak_at === null ? null : Date.parse(room.peak_at),
        room.average_concurrent,
        room.watch_seconds,
        room.viewers === 0 ? null : room.watch_seconds / room.viewers,
        room.replay_viewers,
      ]),
      emptyNote,
    },
    {
      title: say(TEXT.stayed),
      columns: [
        { key: 'room_id', label: say(LABELS.room), kind: 'text' },
        ...(result.rooms[0]?.stayed ?? []).map(({ minutes }) =>
          metricColumn('stayed_share', language, {
            key: `stayed_${minutes}`,
            label: `≥ ${minutes} ${say(TEXT.minutes)}`,
          }),
        ),
      ],
      rows: result.rooms.map((room) => [nameOf(room), ...room.stayed.map(({ share }) => share)]),
      emptyNote,
    },
  ];
}

const MINUTE_MS = 60_000;

/** One curve a room, over its own minutes; a gap between lives is a gap in the line. */
export function audienceCharts(result: AudienceResult, language: Language): ChartModel[] {
  return result.rooms
    .filter(({ curve }) => curve.length > 0)
    .map((room): ChartModel => {
      const points = new Map(room.curve.map(({ minute, online }) => [Date.parse(minute), online]));
      const minutes = [...points.keys()];
      const [first = 0] = minutes;
      const last = minutes.at(-1) ?? first;
      const even = last - first <= 2 * 86_400_000;
      const axis = even
        ? Array.from({ length: (last - first) / MINUTE_MS + 1 }, (_, index) => first + index * MINUTE_MS)
        : minutes;
      return {
        kind: 'line',
        title: `${metricLabel('online', language)} · ${room.room_id}`,
        axisKind: 'instant',
        axis,
        series: [
          { name: metricLabel('online', language), values: axis.map((minute) => points.get(minute) ?? null) },
        ],
        valueKind: 'integer',
        valueLabel: LABELS.viewers[language],
      };
    });
}
