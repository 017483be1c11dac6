import { createWriteStream } from 'node:fs';
import { once } from 'node:events';

/** Synthetic events for the ingest bench: event `number` is the same in every run, whatever was made before it. */

const VIEWERS = 100_000;
/** Event 0's time; later numbers come later, 12 milliseconds apart, so that a million events are three hours. */
const FIRST_MS = Date.UTC(2026, 7, 1);
const STEP_MS = 12;
const NAMES = [
  'live_heartbeat',
  'live_heartbeat',
  'live_heartbeat',
  'live_enter',
  'goods_expose',
  'goods_click',
  'live_like',
  'live_comment',
  'mini_launch',
  'goods_expose',
] as const;
const QUERIES = [
  'utm_source=wechat_group&utm_medium=social&utm_campaign=%E5%8F%8C11%E9%A2%84%E7%83%AD&utm_content=card',
  'utm_source=poster&utm_medium=offline&utm_campaign=spring',
  'scene=c%3DwiUHZGM',
  'from=share&c=Mefy4',
] as const;
const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-';

/** One line of NDJSON, without its end. */
export function eventLine(number: number): string {
  const draw = mulberry(number);
  const viewer = draw(VIEWERS);
  const event = draw(100) === 0 ? 'order_pay' : (NAMES[draw(NAMES.length)] ?? 'live_like');
  return JSON.stringify({
    event_id: textOf('', 32, draw),
    event,
    time: FIRST_MS + number * STEP_MS + draw(STEP_MS),
    openid: textOf('o', 28, mulberry(viewer + 1e9)),
    ...(draw(3) > 0 ? { unionid: textOf('o', 28, mulberry(viewer + 2e9)) } : {}),
    room_id: `118${draw(20)}`,
    platform: 'miniprogram',
    ...(event === 'mini_launch' || event === 'live_enter'
      ? { scene: 1047, query: QUERIES[draw(QUERIES.length)] }
      : {}),
    props: {
      tier: draw(3) === 0 ? 'vip' : 'basic',
      network: draw(4) === 0 ? '4g' : '5g',
      page: 'pages/live/index/index',
      client_version: '8.0.54',
      ...(event.startsWith('goods') ? { goods_id: `g${draw(80)}`, position: draw(12) } : {}),
      ...(event === 'order_pay' ? { order_id: `2026${draw(1e12)}`, amount_fen: 100 + draw(50_000) } : {}),
      ...(event === 'live_heartbeat' ? { interval_seconds: 60 } : {}),
    },
  });
}

/**
 * Writes events `first` to `first + count`; of 200 lines one repeats an event of before `first` and one an event of
 * the last thousand. Returns the bytes written.
 */
export async function writeEvents(path: string, first: number, count: number): Promise<number> {
  const file = createWriteStream(path);
  let bytes = 0;
  let lines: string[] = [];
  for (let index = 0; index < count; index++) {
    const number = first + index;
    const draw = mulberry(number + 3e9);
    const chance = draw(200);
    if (chance === 0 && first > 0) lines.push(eventLine(draw(first)));
    else if (chance === 1 && index > 1000) lines.push(eventLine(number - 1 - draw(1000)));
    else lines.push(eventLine(number));
    if (lines.length === 5_000 || index === count - 1) {
      const block = Buffer.from(`${lines.join('\n')}\n`);
      bytes += block.length;
      lines = [];
      if (!file.write(block)) await once(file, 'drain');
    }
  }
  file.end();
  await once(file, 'finish');
  return bytes;
}

function textOf(prefix: string, length: number, draw: (below: number) => number): string {
  let text = prefix;
  while (text.length < length) text += ALPHABET.charAt(draw(64));
  return text;
}

/** The generator mulberry32, seeded. */
function mulberry(seed: number): (below: number) => number {
  let state = (Math.imul(seed ^ (seed / 2 ** 32), 0x9e3779b1) + 0x6d2b79f5) >>> 0;
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * below);
  };
}
