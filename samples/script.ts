import { beijingDay } from './company.js';
import type { SeededRandom } from './random.js';
import type { Viewer } from './viewers.js';

/** Which tracking told of an event: the file it is written to. */
export type Teller = 'events' | 'sensors' | 'wedata';

export interface SampleEvent {
  readonly event_id: string;
  readonly event: string;
  readonly time: number;
  readonly viewer: Viewer;
  readonly told_by: Teller;
  readonly platform: 'miniprogram' | 'kandian';
  /** null: the files' default. */
  readonly account: string | null;
  readonly room_id: string;
  readonly scene: number | null;
  readonly query: string | null;
  readonly url: string | null;
  readonly referrer: string | null;
  readonly props: Readonly<Record<string, string | number | boolean>>;
}

export interface SampleOrder {
  readonly order_id: string;
  readonly viewer: Viewer;
  readonly account: string | null;
  readonly room_id: string;
  readonly goods_id: string;
  /** What the tracking saw. */
  readonly amount_fen: number;
  /** What was paid by the orders file, which wins: a coupon may have come off. */
  readonly settled_fen: number;
  readonly created_at: number;
  /** null: never paid. */
  readonly paid_at: number | null;
  readonly refund_fen: number;
  readonly refunded_at: number | null;
  /** The tracking saw it. */
  readonly tracked: boolean;
  /** The tracking saw the refund. */
  readonly refund_tracked: boolean;
  /** The orders file has it. */
  readonly in_file: boolean;
  /** Of the visit in which it was made: the last touch. */
  readonly channel: string;
}

type EventPart = Partial<Omit<SampleEvent, 'event_id' | 'event' | 'time' | 'viewer'>>;

/** What happened, as it is made up. */
export class Script {
  readonly events: SampleEvent[] = [];
  readonly orders: SampleOrder[] = [];

  constructor(readonly random: SeededRandom) {}

  tell(event: string, time: number, viewer: Viewer, part: EventPart = {}): void {
    this.events.push({
      event_id: this.random.hexId(),
      event,
      time: Math.round(time),
      viewer,
      told_by: 'events',
      platform: 'miniprogram',
      account: null,
      room_id: '',
      scene: null,
      query: null,
      url: null,
      referrer: null,
      props: {},
      ...part,
    });
  }

  /** 20 digits: a number type would lose the last of them. */
  orderId(time: number): string {
    return beijingDay(time).replaceAll('-', '') + this.random.text('0123456789', 12);
  }
}
