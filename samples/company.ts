/** 山野集, a company that does not exist: it sells tea and things for the home, live on three platforms. */

export const MINUTE_MS = 60_000;
export const DAY_MS = 86_400_000;
export const BEIJING_OFFSET_MS = 8 * 3_600_000;
/** The days a run covers. */
export const DAYS = 3;

/** Instant of a minute of a Beijing day: day 0 is `firstDay`, minutes may pass midnight. */
export function beijingTime(firstDay: string, day: number, minute: number): number {
  return Date.parse(`${firstDay}T00:00:00+08:00`) + day * DAY_MS + Math.round(minute * MINUTE_MS);
}

/** `2026-11-09 20:00:00`, as the platforms write it. */
export function beijingText(instant: number): string {
  return new Date(instant + BEIJING_OFFSET_MS).toISOString().slice(0, 19).replace('T', ' ');
}

/** `2026-11-09T20:00:00+08:00`. */
export function beijingIso(instant: number): string {
  return `${beijingText(instant).replace(' ', 'T')}+08:00`;
}

/** `2026-11-09`. */
export function beijingDay(instant: number): string {
  return beijingText(instant).slice(0, 10);
}

/** The second mini-program has rooms of the same numbers. */
export const STORE_ACCOUNT = 'wxd4c1b7a905e2f683';

export interface LivePlan {
  readonly room: string;
  readonly title: string;
  readonly anchor: string;
  readonly day: number;
  /** Minutes after Beijing midnight. */
  readonly start: number;
  readonly minutes: number;
  /** Share of the people of the mini-program who come, before their own liking. */
  readonly pull: number;
}

export const MINI_LIVES: readonly LivePlan[] = [
  { room: '1001', title: '秋茶上新专场', anchor: '小满', day: 0, start: 1200, minutes: 90, pull: 0.24 },
  { room: '1002', title: '双11零点抢先购', anchor: '阿岩', day: 1, start: 1320, minutes: 150, pull: 0.36 },
  { room: '1003', title: '双11返场夜', anchor: '小满', day: 2, start: 1170, minutes: 120, pull: 0.3 },
];
export const STORE_LIVE: LivePlan = {
  room: '1001',
  title: '门店早市',
  anchor: '阿岩',
  day: 2,
  start: 600,
  minutes: 60,
  pull: 0.6,
};

export interface KandianPlan extends LivePlan {
  /** People at the peak. */
  readonly peak: number;
}
export const KANDIAN_LIVES: readonly KandianPlan[] = [
  {
    room: 'kd-2001',
    title: '山野集品牌日',
    anchor: '',
    day: 0,
    start: 1170,
    minutes: 90,
    pull: 0.07,
    peak: 2600,
  },
  {
    room: 'kd-2002',
    title: '茶山溯源',
    anchor: '',
    day: 1,
    start: 1200,
    minutes: 80,
    pull: 0.05,
    peak: 1800,
  },
  {
    room: 'kd-2001',
    title: '双11会场直播',
    anchor: '',
    day: 2,
    start: 1140,
    minutes: 120,
    pull: 0.09,
    peak: 4100,
  },
];

export interface WecomPlan {
  readonly liveId: string;
  readonly title: string;
  /** 3 training, 4 event, 0 general. */
  readonly type: number;
  readonly day: number;
  readonly start: number;
  readonly minutes: number;
  /** Shares of the roster and number of outsiders who come. */
  readonly staff: number;
  readonly outsiders: number;
}
export const WECOM_LIVES: readonly WecomPlan[] = [
  {
    liveId: 'lvShanYe2026TrainingAAAAAA01',
    title: '双11新品培训',
    type: 3,
    day: 0,
    start: 600,
    minutes: 90,
    staff: 0.86,
    outsiders: 40,
  },
  {
    liveId: 'lvShanYe2026DealersBBBBBB02',
    title: '渠道伙伴大会',
    type: 4,
    day: 1,
    start: 900,
    minutes: 60,
    staff: 0.62,
    outsiders: 130,
  },
  {
    liveId: 'lvShanYe2026EveningCCCCCC03',
    title: '夜间答疑',
    type: 0,
    day: 2,
    start: 1380,
    minutes: 80,
    staff: 0.45,
    outsiders: 85,
  },
];

export interface Goods {
  readonly id: string;
  readonly name: string;
  readonly priceFen: number;
  /** How often a look becomes a click. */
  readonly appeal: number;
}
export const GOODS: readonly Goods[] = [
  { id: 'g101', name: '云南古树普洱', priceFen: 19_900, appeal: 0.3 },
  { id: 'g102', name: '手作柴烧杯', priceFen: 8_800, appeal: 0.26 },
  { id: 'g103', name: '桂花乌龙礼盒', priceFen: 12_900, appeal: 0.34 },
  { id: 'g104', name: '羊绒围巾', priceFen: 39_900, appeal: 0.14 },
  { id: 'g105', name: '竹编收纳篮', priceFen: 6_900, appeal: 0.22 },
  { id: 'g106', name: '山茶护手霜三支装', priceFen: 4_990, appeal: 0.3 },
  { id: 'g107', name: '亚麻茶席', priceFen: 9_900, appeal: 0.18 },
  { id: 'g108', name: '白茶饼(珍藏)', priceFen: 68_800, appeal: 0.1 },
];

export const DEPARTMENTS = ['销售一部', '销售二部', '市场部', '客户成功部', '门店运营部'] as const;
