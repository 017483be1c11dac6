/**
 * What one event costs between JSON value and canonical record: `node dist/bench/normalize.js [events] [viewers]`.
 * Prints microseconds an event of each step; the values are parsed before the clock starts.
 */
import { createPseudonymizer } from '../pipelines/privacy/pseudonymize.js';
import { PseudonymKey } from '../pipelines/privacy/key.js';
import { ownEventSource } from '../pipelines/sources/own-event.js';
import type { SourceContext } from '../pipelines/source.js';
import type { DraftRecord } from '../schemas/index.js';

const EVENTS = Number(process.argv[2] ?? 300_000);
const VIEWERS = Number(process.argv[3] ?? 100_000);
const ROUNDS = 5;
const NOW = Date.UTC(2026, 8, 20);
const NAMES = [
  'live_heartbeat',
  'live_enter',
  'goods_expose',
  'goods_click',
  'live_like',
  'mini_launch',
  'order_pay',
];
const QUERIES = [
  'utm_source=wechat_group&utm_medium=social&utm_campaign=%E5%8F%8C11%E9%A2%84%E7%83%AD&utm_content=card',
  'scene=c%3DwiUHZGM',
  'from=share&c=Mefy4',
  'from=share',
];

/** Numerical Recipes' generator: the same events every time. */
let state = 42;
function random(below: number): number {
  state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
  return Math.floor((state / 2 ** 32) * below);
}

function textOf(prefix: string, length: number): string {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-';
  let text = prefix;
  while (text.length < length) text += alphabet.charAt(random(64));
  return text;
}

const viewers = Array.from({ length: VIEWERS }, () => ({
  openid: textOf('o', 28),
  unionid: textOf('o', 28),
}));

function eventLine(number: number): string {
  const event = NAMES[number % NAMES.length] ?? '';
  const viewer = viewers[random(VIEWERS)];
  return JSON.stringify({
    event_id: textOf('', 32),
    event,
    time: NOW - random(86_400_000),
    openid: viewer?.openid,
    ...(number % 2 === 0 ? { unionid: viewer?.unionid } : {}),
    room_id: '1181',
    platform: 'miniprogram',
    ...(event === 'mini_launch' ? { scene: 1047, query: QUERIES[random(QUERIES.length)] } : {}),
    props: {
      tier: 'vip',
      network: '5g',
      page: 'pages/live/index',
      ...(event.startsWith('goods') ? { goods_id: 'g12', position: 3 } : {}),
      ...(event === 'order_pay' ? { order_id: textOf('2026', 20), amount_fen: 19_900 } : {}),
      ...(event === 'live_heartbeat' ? { interval_seconds: 60 } : {}),
    },
  });
}

const lines = Array.from({ length: EVENTS }, (_, number) => eventLine(number));
const bytes = lines.reduce((sum, line) => sum + line.length, 0) / EVENTS;

const context: SourceContext = {
  adapter: 'events',
  room: null,
  receivedAt: NOW,
  wallClockZone: null,
  amountUnit: null,
  eventMap: {},
  table: '',
  tableIndex: 0,
  titles: [],
};
const placement = {
  adapter: 'events',
  receivedAt: NOW,
  account: null,
  room: null,
  exportedAt: NOW,
  day: '2026-09-20',
} as const;

const key = PseudonymKey.parse('AB8OFvb8GGOiPHmf8mzaQ62gFqYeeZ945sNgzK4cVCc=');
if (!key.ok) throw new Error('the key of the benchmark is unreadable');
const pseudonymizer = createPseudonymizer(key.value);
console.log(`${EVENTS} events of ${bytes.toFixed(0)} bytes, ${VIEWERS} viewers; microseconds an event`);

/** Of this process: other work on the machine is not in it, its garbage collector is. */
function cpuMicroseconds(): number {
  const { user, system } = process.cpuUsage();
  return user + system;
}

/** Steps take turns on packs of events, as they do in an import: what they make dies young. */
const PACK = 2_000;
for (let round = 1; round <= ROUNDS; round += 1) {
  const spent = { parse: 0, normalize: 0, pseudonymize: 0 };
  let kept = 0;
  for (let from = 0; from < EVENTS; from += PACK) {
    const pack = lines.slice(from, from + PACK);
    const begun = cpuMicroseconds();
    const values = pack.map((line): unknown => JSON.parse(line));
    const parsed = cpuMicroseconds();
    const drafts: DraftRecord[] = [];
    for (const value of values) {
      const outcome = ownEventSource.normalize({ from: 'json', value }, context);
      if (outcome.ok) for (const draft of outcome.value) drafts.push(draft);
    }
    const normalized = cpuMicroseconds();
    kept += drafts.map((draft) => pseudonymizer.pseudonymize(draft, placement)).length;
    spent.parse += parsed - begun;
    spent.normalize += normalized - parsed;
    spent.pseudonymize += cpuMicroseconds() - normalized;
  }
  const each = (time: number): string => (time / kept).toFixed(2);
  console.log(
    `round ${round}: parse ${each(spent.parse)}, normalize ${each(spent.normalize)}, ` +
      `pseudonymize ${each(spent.pseudonymize)}, sum without parse ${each(spent.normalize + spent.pseudonymize)}`,
  );
}
