import type { Language, Words } from '../../schemas/index.js';

/** A text for people in both languages. */
export type Label = Words;

/** What several analyses print above their columns. */
export const LABELS = {
  total: { zh: '合计', en: 'Total' },
  empty: { zh: '没有数据', en: 'No data' },
  channel: { zh: '渠道', en: 'Channel' },
  viewers: { zh: '人数', en: 'Viewers' },
  room: { zh: '直播间', en: 'Room' },
  roomsOnly: { zh: '只计带直播间的事件', en: 'only events with a room count' },
} as const satisfies Readonly<Record<string, Label>>;

/** What stands in a table without rows: the remarks of the result, which say why. */
export function emptyText(notes: readonly string[], language: Language): string {
  return notes.length === 0 ? LABELS.empty[language] : notes.join(language === 'zh' ? '；' : '; ');
}
