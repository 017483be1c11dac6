import { beijingTime, GOODS, MINUTE_MS, type Goods, type LivePlan } from './company.js';
import { pickEntrance, type Entrance } from './entrances.js';
import type { Script } from './script.js';
import type { Viewer } from './viewers.js';

const HOUR_MS = 60 * MINUTE_MS;
/** The host turns to the next goods every so many minutes. */
const GOODS_TURN_MINUTES = 7;

/** Who comes to a mini-program live, by which way, and what they do there. Returns who came. */
export function playLive(
  script: Script,
  firstDay: string,
  live: LivePlan,
  viewers: readonly Viewer[],
  known: ReadonlySet<Viewer>,
  account: string | null,
): Viewer[] {
  const { random } = script;
  const start = beijingTime(firstDay, live.day, live.start);
  const end = start + live.minutes * MINUTE_MS;
  const came: Viewer[] = [];
  for (const viewer of viewers) {
    if (!random.chance(Math.min(0.92, live.pull * viewer.zeal))) continue;
    came.push(viewer);
    const entrance = pickEntrance(random, known.has(viewer) || viewer.tier !== 'new');
    const from = start + arrivalMinute(script, live) * MINUTE_MS;
    const stay = Math.max(0.3, random.logNormal(5.2 * Math.sqrt(viewer.zeal), 1.05)) * MINUTE_MS;
    const to = Math.min(from + stay, end + random.next() * 2 * MINUTE_MS);
    if (to > from) playVisit(script, { live, viewer, entrance, from, to, start, end, account });
  }
  return came;
}

/** Most come at the beginning, a second wave with the coupons, the rest all along. */
function arrivalMinute(script: Script, live: LivePlan): number {
  const { random } = script;
  const which = random.next();
  if (which < 0.36) return Math.max(-8, random.normal(2, 4));
  if (which < 0.54) return live.minutes * 0.42 + random.exponential(4);
  return random.next() * live.minutes * 0.94;
}

interface Visit {
  readonly live: LivePlan;
  readonly viewer: Viewer;
  readonly entrance: Entrance;
  readonly from: number;
  readonly to: number;
  readonly start: number;
  readonly end: number;
  readonly account: string | null;
}

function playVisit(script: Script, visit: Visit): void {
  const { random } = script;
  const { viewer, entrance, from, to, account } = visit;
  const here = { room_id: visit.live.room, account };
  if (entrance.clickQuery !== null) {
    const click = { account, query: entrance.clickQuery };
    script.tell('link_click', from - random.integer(6_000, 25_000), viewer, click);
  }
  script.tell('mini_launch', from, viewer, {
    account,
    scene: entrance.scene,
    query: entrance.query === '' ? null : entrance.query,
    props: { tier: viewer.tier },
  });
  const entered = from + random.integer(700, 4_000);
  script.tell('live_enter', entered, viewer, here);
  for (let beat = entered + MINUTE_MS; beat < to; beat += MINUTE_MS) {
    script.tell('live_heartbeat', beat, viewer, here);
  }
  playReactions(script, visit, entered);
  playGoods(script, visit, entered);
  // Some close the app in a way that no hide event survives.
  if (random.chance(0.95)) {
    const props = { watch_ms: Math.max(0, Math.round(to - entered)) };
    script.tell('live_leave', Math.max(to, entered + 1), viewer, { ...here, props });
  }
}

function playReactions(script: Script, visit: Visit, entered: number): void {
  const { random } = script;
  const { viewer, to, account } = visit;
  const here = { room_id: visit.live.room, account };
  for (const [event, meanMinutes] of [
    ['live_like', 6],
    ['live_comment', 26],
    ['live_share', 150],
  ] as const) {
    let time = entered + random.exponential(meanMinutes) * MINUTE_MS;
    for (; time < to; time += Math.max(1_500, random.exponential(meanMinutes / 2) * MINUTE_MS)) {
      const props = event === 'live_comment' ? { comment_len: random.integer(2, 28) } : {};
      script.tell(event, time, viewer, { ...here, props });
    }
  }
  if (random.chance(0.02)) script.tell('follow_add', entered + (to - entered) * random.next(), viewer, here);
}

function playGoods(script: Script, visit: Visit, entered: number): void {
  const { random } = script;
  const { viewer, to, start, end, entrance, account } = visit;
  const here = { room_id: visit.live.room, account };
  for (let turn = 0; start + turn * GOODS_TURN_MINUTES * MINUTE_MS < end; turn += 1) {
    const shown = start + turn * GOODS_TURN_MINUTES * MINUTE_MS + random.integer(1_000, 40_000);
    const goods = GOODS[turn % GOODS.length];
    if (goods === undefined || shown < entered || shown > to || !random.chance(0.8)) continue;
    script.tell('goods_expose', shown, viewer, { ...here, props: { goods_id: goods.id } });
    if (!random.chance(Math.min(0.8, goods.appeal * viewer.zeal))) continue;
    const clicked = shown + random.integer(2_000, 45_000);
    if (clicked > to) continue;
    script.tell('goods_click', clicked, viewer, { ...here, props: { goods_id: goods.id } });
    if (random.chance(Math.min(0.7, 0.3 * entrance.quality * viewer.zeal))) {
      playOrder(script, visit, goods, clicked);
    }
  }
}

function playOrder(script: Script, visit: Visit, goods: Goods, clicked: number): void {
  const { random } = script;
  const { viewer, entrance, account } = visit;
  const created = clicked + random.integer(8_000, 60_000);
  const amount = goods.priceFen * (random.chance(0.85) ? 1 : 2);
  const paid = random.chance(0.82) ? created + random.integer(6_000, 110_000) : null;
  const refunded = paid !== null && random.chance(0.07) ? paid + random.integer(1, 20) * HOUR_MS : null;
  const isStore = account !== null;
  const settled = !isStore && random.chance(0.02) ? amount - 500 : amount;
  const tracked = isStore || !random.chance(0.05);
  const order = {
    order_id: script.orderId(created),
    viewer,
    account,
    room_id: visit.live.room,
    goods_id: goods.id,
    amount_fen: amount,
    settled_fen: settled,
    created_at: created,
    paid_at: paid,
    refund_fen: refunded === null ? 0 : random.chance(0.4) ? Math.round(settled * 0.3) : settled,
    refunded_at: refunded,
    tracked,
    refund_tracked: tracked && random.chance(isStore ? 1 : 0.5),
    in_file: !isStore && (!tracked || (paid === null ? random.chance(0.5) : !random.chance(0.03))),
    channel: entrance.channel,
  };
  // Unpaid and seen by nobody: it has not happened.
  if (!order.tracked && paid === null) return;
  script.orders.push(order);
  if (!tracked) return;
  const base = { room_id: order.room_id, account };
  const props = { goods_id: goods.id, order_id: order.order_id, amount_fen: amount };
  script.tell('order_create', created, viewer, { ...base, props });
  if (paid !== null) script.tell('order_pay', paid, viewer, { ...base, props });
  if (refunded !== null && order.refund_tracked) {
    const refund = { ...props, amount_fen: order.refund_fen };
    script.tell('order_refund', refunded, viewer, { ...base, props: refund });
  }
}
