import type { SampleMinute } from './kandian-minutes.js';
import type { World } from './world.js';

/** What the warehouse must say after all files are in; known because it was made up. */
export interface SampleTruth {
  /** Rows of `events` by name, the crawler's left out; payments and refunds that only the orders file knows are in. */
  readonly events: Readonly<Record<string, number>>;
  /** Rows of `events` in all, the same way. */
  readonly events_total: number;
  readonly system_events: number;
  /** Distinct people with an event. */
  readonly viewers: number;
  /** Distinct people of `live_enter`, by `account:room` (`default` without an account). */
  readonly entrants: Readonly<Record<string, number>>;
  readonly orders: {
    readonly paid: number;
    readonly gmv_fen: number;
    readonly refunds: number;
    readonly refund_fen: number;
    readonly told_by_file_only: number;
    readonly told_by_tracking_only: number;
    /** Made and never paid. */
    readonly unpaid: number;
  };
  /** Paid orders by the channel of the last touch before them. */
  readonly last_touch: Readonly<Record<string, { readonly orders: number; readonly gmv_fen: number }>>;
  /** By room, after restatement. */
  readonly minutes: Readonly<
    Record<string, { readonly rows: number; readonly online: number; readonly views: number }>
  >;
  readonly attendance: Readonly<
    Record<string, { readonly rows: number; readonly staff: number; readonly watch_seconds: number }>
  >;
}

/** `minutes`: room and the figures that its exports give, newest last; `views` null where the source has none. */
export function tellTruth(
  world: World,
  minutes: readonly (readonly [room: string, rows: readonly SampleMinute[], hasViews: boolean])[],
): SampleTruth {
  const { script, crawler } = world;
  const counted = script.events.filter(({ viewer }) => viewer !== crawler);
  const events: Record<string, number> = {};
  const count = (name: string): void => {
    events[name] = (events[name] ?? 0) + 1;
  };
  for (const { event } of counted) count(event);
  const orders = script.orders;
  const paid = orders.filter(({ paid_at }) => paid_at !== null);
  const refunded = orders.filter(({ refunded_at }) => refunded_at !== null);
  for (const { tracked } of paid) if (!tracked) count('order_pay');
  // An order outside the file whose refund was not tracked either has none, as far as anyone can know.
  const knownRefunds = refunded.filter((order) => order.in_file || order.refund_tracked);
  for (const { refund_tracked } of knownRefunds) if (!refund_tracked) count('order_refund');
  const amountOf = (order: (typeof orders)[number]): number =>
    order.in_file ? order.settled_fen : order.amount_fen;

  const lastTouch: Record<string, { orders: number; gmv_fen: number }> = {};
  for (const order of paid) {
    const sum = (lastTouch[order.channel] ??= { orders: 0, gmv_fen: 0 });
    sum.orders += 1;
    sum.gmv_fen += amountOf(order);
  }
  const entrants = new Map<string, Set<unknown>>();
  for (const { event, account, room_id, viewer } of counted) {
    if (event !== 'live_enter') continue;
    const place = `${account ?? 'default'}:${room_id}`;
    entrants.set(place, (entrants.get(place) ?? new Set()).add(viewer));
  }
  return {
    events: Object.fromEntries(Object.entries(events).sort(([a], [b]) => (a < b ? -1 : 1))),
    events_total: Object.values(events).reduce((sum, number) => sum + number, 0),
    system_events: script.events.length - counted.length,
    viewers: new Set(counted.map(({ viewer }) => viewer)).size,
    entrants: Object.fromEntries([...entrants].map(([place, people]) => [place, people.size])),
    orders: {
      paid: paid.length,
      gmv_fen: paid.reduce((sum, order) => sum + amountOf(order), 0),
      refunds: knownRefunds.length,
      refund_fen: knownRefunds.reduce((sum, { refund_fen }) => sum + refund_fen, 0),
      told_by_file_only: orders.filter(({ tracked }) => !tracked).length,
      told_by_tracking_only: orders.filter(({ in_file }) => !in_file).length,
      unpaid: orders.length - paid.length,
    },
    last_touch: lastTouch,
    minutes: tellMinutes(minutes),
    attendance: Object.fromEntries(
      world.wecom.map(({ live, attendees }) => [
        live.liveId,
        {
          rows: attendees.length,
          staff: attendees.filter(({ staff }) => staff !== null).length,
          watch_seconds: attendees.reduce((sum, { seconds }) => sum + seconds, 0),
        },
      ]),
    ),
  };
}

function tellMinutes(exports: Parameters<typeof tellTruth>[1]): SampleTruth['minutes'] {
  const latest = new Map<string, Map<number, readonly [online: number, views: number]>>();
  for (const [room, rows, hasViews] of exports) {
    const ofRoom = latest.get(room) ?? new Map<number, readonly [number, number]>();
    for (const row of rows) ofRoom.set(row.minute, [row.online, hasViews ? row.pv : 0]);
    latest.set(room, ofRoom);
  }
  return Object.fromEntries(
    [...latest].map(([room, rows]) => {
      const figures = [...rows.values()];
      const online = figures.reduce((sum, [number]) => sum + number, 0);
      const views = figures.reduce((sum, [, number]) => sum + number, 0);
      return [room, { rows: figures.length, online, views }];
    }),
  );
}
