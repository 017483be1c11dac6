import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { seededRandom } from '../seeded-random.js';

/** What must stand in the warehouse at the end, however often the import was killed. */
export interface CrashTruth {
  /** Distinct events of the event files. */
  readonly events: number;
  /** `room day` → views, viewers, paid orders, GMV of `live_enter` and `order_pay`. */
  readonly days: ReadonlyMap<string, DayFigures>;
  readonly orders: number;
  readonly watchers: number;
}
export interface DayFigures {
  readonly views: number;
  readonly viewers: number;
  readonly orders: number;
  readonly gmvFen: number;
}
export interface CrashFiles {
  readonly eventFiles: readonly string[];
  readonly ordersFile: string;
  readonly watchFile: string;
  readonly truth: CrashTruth;
}

export const LIVE = 'lvCRASHAAAAAAAAAAAAAAAAAAA';
const FILES = 6;
const PEOPLE = 1_500;
const EVENTS_A_FILE = 3_400;
const HOUR_MS = 3_600_000;
/** Two months of partitions: an insert that is cut may have reached one and not the other. */
const FIRST_DAY = Date.UTC(2026, 8, 29) - 8 * HOUR_MS;
const DAYS = 4;
const NAMES = ['live_enter', 'live_enter', 'live_like', 'goods_click', 'live_comment', 'order_pay'];
const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';

interface MadeEvent {
  readonly event_id: string;
  readonly event: string;
  readonly time: number;
  readonly openid: string;
  readonly unionid?: string;
  readonly room_id: string;
  readonly query?: string;
  readonly props?: { readonly order_id: string; readonly amount_fen: number };
}

/**
 * About 20,000 events in several files, orders and a watch list. Later files repeat events of earlier ones (some under
 * another time), and every third person comes back under a second openid that a unionid links to the first.
 */
export function writeCrashFiles(folder: string, seed: number): CrashFiles {
  mkdirSync(folder, { recursive: true });
  const random = seededRandom(seed);
  const openids = Array.from({ length: PEOPLE }, () => [id('o', 27), id('o', 27)] as const);
  const unionids = openids.map(() => id('oU', 26));
  const made: MadeEvent[][] = [];
  for (let file = 0; file < FILES; file++) {
    const events: MadeEvent[] = [];
    for (let at = 0; at < EVENTS_A_FILE; at++) {
      if (file > 0 && random.chance(0.05)) {
        const again = random.pick(made[random.below(file)] ?? []);
        events.push(random.chance(0.5) ? again : { ...again, time: again.time + 1 + random.below(HOUR_MS) });
        continue;
      }
      events.push(makeEvent(file, at));
    }
    made.push(events);
  }
  const eventFiles = made.map((events, file) =>
    write(`events-${file}.ndjson`, events.map((event) => `${JSON.stringify(event)}\n`).join('')),
  );
  const orders = Array.from(
    { length: 200 },
    (_none, at) => `FILE${at},R1,${openids[at]?.[0] ?? ''},${100 + at},2026-09-30T12:00:00+08:00,paid`,
  );
  const ordersFile = write(
    'orders.csv',
    `order_id,room_id,openid,amount_fen,pay_time,status\n${orders.join('\n')}\n`,
  );
  const watchers = Array.from(
    { length: 300 },
    (_none, at) =>
      `甲${at},staff${at},销售部,企业成员,${1 + (at % 60)},2026-09-30 10:00:00,2026-09-30 11:30:00,0,否`,
  );
  const watchFile = write(
    'watch.csv',
    `导出时间：2026-10-03 11:00:00\n\n观看人,userid,部门名称,观众类型,观看时长（分钟）,进入时间,离开时间,评论数,是否连麦\n${watchers.join('\n')}\n`,
  );
  return { eventFiles, ordersFile, watchFile, truth: { ...tell(made), orders: 200, watchers: 300 } };

  function id(prefix: string, length: number): string {
    return prefix + random.text(ALPHABET, length);
  }
  function write(name: string, text: string): string {
    const path = join(folder, name);
    writeFileSync(path, text);
    return path;
  }
  function makeEvent(file: number, at: number): MadeEvent {
    const person = random.below(PEOPLE);
    const linked = person % 3 === 0;
    const second = linked && file >= 3;
    const event = random.pick(NAMES);
    const event_id = `e${file}-${at}`;
    return {
      event_id,
      event,
      time: FIRST_DAY + random.below(DAYS * 24 * HOUR_MS),
      openid: openids[person]?.[second ? 1 : 0] ?? '',
      ...(linked && file >= 2 ? { unionid: unionids[person] ?? '' } : {}),
      room_id: random.pick(['R1', 'R2', 'R3']),
      ...(event === 'live_enter'
        ? { query: `utm_source=${random.pick(['poster', 'group', 'article'])}&utm_medium=qr` }
        : {}),
      ...(event === 'order_pay'
        ? { props: { order_id: `T${event_id}`, amount_fen: 1 + random.below(50_000) } }
        : {}),
    };
  }
}

/** The figures from the events themselves: first accepted wins, and a unionid makes two openids one person. */
function tell(files: readonly (readonly MadeEvent[])[]): Pick<CrashTruth, 'events' | 'days'> {
  const first = new Map<string, MadeEvent>();
  const personOf = new Map<string, string>();
  for (const event of files.flat()) {
    if (!first.has(event.event_id)) first.set(event.event_id, event);
    if (event.unionid !== undefined) personOf.set(event.openid, event.unionid);
  }
  const days = new Map<string, { views: number; people: Set<string>; orders: number; gmvFen: number }>();
  for (const { time, room_id, event, openid, props } of first.values()) {
    const key = `${room_id} ${new Date(time + 8 * HOUR_MS).toISOString().slice(0, 10)}`;
    const day = days.get(key) ?? { views: 0, people: new Set<string>(), orders: 0, gmvFen: 0 };
    days.set(key, day);
    if (event === 'live_enter') {
      day.views++;
      day.people.add(personOf.get(openid) ?? openid);
    } else if (event === 'order_pay') {
      day.orders++;
      day.gmvFen += props?.amount_fen ?? 0;
    }
  }
  return {
    events: first.size,
    days: new Map(
      [...days].map(([key, { people, ...figures }]) => [key, { ...figures, viewers: people.size }]),
    ),
  };
}
