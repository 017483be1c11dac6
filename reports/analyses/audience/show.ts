import type { AudienceResult, AudienceRoom, Language } from '../../../schemas/index.js';
import type { ChartModel } from '../../render/chart-model.js';
import type { ListedTable } from '../../render/table-model.js';
import { emptyText, LABELS, type Label } from '../labels.js';

const TEXT = {
  title: { zh: '在线观众', en: 'Audience' },
  stayed: { zh: '停留时长', en: 'Stayed' },
  curve: { zh: '在线人数', en: 'Online' },
  peak: { zh: '最高在线', en: 'Peak' },
  peakAt: { zh: '峰值时刻', en: 'Peak at' },
  average: { zh: '平均在线', en: 'Average' },
  watch: { zh: '观看总时长', en: 'Watch time' },
  perViewer: { zh: '人均观看时长', en: 'Per viewer' },
  replayViewers: { zh: '回放人数', en: 'Replay viewers' },
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
        { key: 'viewers', label: say(LABELS.viewers), kind: 'integer', emphasis: 'bar' },
        { key: 'views', label: say(LABELS.views), kind: 'integer' },
        { key: 'peak_concurrent', label: say(TEXT.peak), kind: 'integer' },
        { key: 'peak_at', label: say(TEXT.peakAt), kind: 'instant' },
        { key: 'average_concurrent', label: say(TEXT.average), kind: 'decimal', decimals: 1 },
        { key: 'watch_seconds', label: say(TEXT.watch), kind: 'duration_seconds' },
        { key: 'watch_seconds_per_viewer', label: say(TEXT.perViewer), kind: 'duration_seconds' },
        { key: 'replay_viewers', label: say(TEXT.replayViewers), kind: 'integer' },
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
        ...(result.rooms[0]?.stayed ?? []).map(({ minutes }) => ({
          key: `stayed_${minutes}`,
          label: `≥ ${minutes} ${say(TEXT.minutes)}`,
          kind: 'percent' as const,
        })),
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
        title: `${TEXT.curve[language]} · ${room.room_id}`,
        axisKind: 'instant',
        axis,
        series: [{ name: TEXT.curve[language], values: axis.map((minute) => points.get(minute) ?? null) }],
        valueKind: 'integer',
        valueLabel: LABELS.viewers[language],
      };
    });
}
