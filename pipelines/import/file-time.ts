import { platformDay, platformTime } from '../sources/platform-time.js';

/** Where a file says when it was made; the strongest first (PRODUCT §4, Restatement). */
export type FileTimeOrigin = 'rows' | 'title' | 'name';

export interface FileTime {
  /** UTC milliseconds. */
  readonly at: number;
  readonly from: FileTimeOrigin;
}

export interface FileWords {
  /** Lines above the header, of all tables. */
  readonly titles: readonly string[];
  /** Without its folder; '' for what has no name. */
  readonly fileName: string;
  /** Sheet names. */
  readonly tables?: readonly string[];
  /** The newest `exported_at` among the rows; null when they state none. */
  readonly rowsExportedAt?: number | null;
}

/**
 * When the file was exported, as it says itself: its rows, else a labelled time in its title lines (`导出时间：
 * 2026-09-11 11:00:00`), else a time in its name (`观看明细_20260911_110000.xlsx`) or in a sheet's name. Times without
 * an offset are Beijing's. null when it does not say.
 *
 * Read with care, since a wrong answer lets an old list replace a new one: a label is needed in titles, the period
 * that a report covers (`统计时间：… 至 …`) is none, and a name must hold exactly one date and its time of day: a bare
 * date or a range of dates says what the file is about, not when it was made.
 */
export function findExportTime(words: FileWords): FileTime | null {
  if (words.rowsExportedAt !== undefined && words.rowsExportedAt !== null) {
    return { at: words.rowsExportedAt, from: 'rows' };
  }
  const stated = labelledTimes(words.titles);
  if (stated.length > 0) return { at: Math.max(...stated), from: 'title' };
  for (const name of [words.fileName, ...(words.tables ?? [])]) {
    const at = timeInName(name);
    if (at !== null) return { at, from: 'name' };
  }
  return null;
}

/**
 * The day that a roster counts from when its rows do not say: the file's export time, else the only date in its name
 * (`花名册-20260901.xlsx`); `2026-09-01` in Beijing, null without any.
 */
export function findFileDay(words: FileWords): string | null {
  const time = findExportTime(words);
  if (time !== null) return dayAt(time.at);
  for (const name of [words.fileName, ...(words.tables ?? [])]) {
    const dates = [...name.matchAll(NAME_DATE)];
    const only = dates.length === 1 ? dates[0] : undefined;
    const day = only === undefined ? null : platformDay(`${only[1]}-${only[2]}-${only[3]}`, 'name');
    if (day?.ok === true) return day.value;
  }
  return null;
}

const LABEL =
  '(?:(?:数据|报表|文件|统计)?(?:导出|生成|下载|制表|打印|更新|截止|截至)(?:时间|日期)?|export(?:ed)?(?:_|\\s)?(?:at|time|date)?|generated(?:_|\\s)?(?:at|time)?)';
const MOMENT =
  '(\\d{4}\\s*[-/.年]\\s*\\d{1,2}\\s*[-/.月]\\s*\\d{1,2}日?(?:(?:T|\\s*)\\d{1,2}[:：时]\\d{1,2}(?:[:：分]\\d{1,2}(?:\\.\\d+)?秒?|分)?)?(?:Z|[+-]\\d{2}:?\\d{2})?)';
const LABELLED = new RegExp(`${LABEL}\\s*[：:]?\\s*${MOMENT}(?!\\s*(?:至|到|~|—|–|-\\s*\\d{4}))`, 'giu');

function labelledTimes(titles: readonly string[]): number[] {
  const times: number[] = [];
  for (const title of titles) {
    for (const [, text] of title.matchAll(LABELLED)) {
      const time = platformTime(text?.replaceAll('：', ':'), 'title');
      if (time.ok && time.value !== null) times.push(time.value);
    }
  }
  return times;
}

const NAME_DATE = /(?<!\d)(20\d{2})[-_.年]?(0[1-9]|1[0-2])[-_.月]?(0[1-9]|[12]\d|3[01])日?/gu;
const NAME_TIME = /^[-_ T.]{0,3}([01]\d|2[0-3])[-_.:：时]?([0-5]\d)(?:[-_.:：分]?([0-5]\d)秒?|分)?(?!\d)/u;

function timeInName(name: string): number | null {
  const dates = [...name.matchAll(NAME_DATE)];
  const only = dates[0];
  if (only === undefined || dates.length > 1) return null;
  const time = NAME_TIME.exec(name.slice(only.index + only[0].length));
  if (time === null) return null;
  const [, hour = '', minute = '', second = '00'] = time;
  const at = platformTime(`${only[1]}-${only[2]}-${only[3]} ${hour}:${minute}:${second}`, 'name');
  return at.ok ? at.value : null;
}

function dayAt(at: number): string | null {
  const day = platformDay(at, 'exported_at');
  return day.ok ? day.value : null;
}
