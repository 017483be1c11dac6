import { ADAPTERS, PLATFORMS, type CanonicalEvent, type ViewerId } from '../../schemas/index.js';
import {
  isInteger,
  isOneOf,
  isProps,
  isViewer,
  packEvidence,
  packLinked,
  readEvidence,
  readLinked,
  UnreadableMessage,
} from './field-values.js';

/**
 * Events as they travel: nearly everything that does. The same form as record-codec makes by the table of fields, written
 * out, since an object of known shape is read in a tenth of the time of one that is made field by field.
 */
export function packEvent(kindNumber: number, begins: 0 | 1, event: CanonicalEvent): readonly unknown[] {
  return [
    kindNumber,
    begins,
    event.event_id,
    event.account,
    event.platform,
    event.room_id,
    event.viewer_key,
    packLinked(event.linked),
    event.event,
    event.event_original,
    event.event_time,
    event.stated_time,
    event.received_at,
    event.scene,
    packEvidence(event.evidence),
    event.referrer_viewer,
    event.goods_id,
    event.order_id,
    event.refund_id,
    event.amount_fen,
    event.watch_ms,
    event.props,
    event.adapter,
  ];
}

/** Reads what packEvent wrote; every value is checked. */
export function readEvent(values: readonly unknown[]): CanonicalEvent {
  const [, , id, account, platform, room, viewer, linked, event, original, ...later] = values;
  const [time, stated, received, scene, evidence, referrer, goods, order, refund, amount, watch, props, by] =
    later;
  return {
    kind: 'event',
    event_id: text(id, 'event_id'),
    account: text(account, 'account'),
    platform: isOneOf(PLATFORMS, platform) ? platform : damaged('platform'),
    room_id: text(room, 'room_id'),
    viewer_key: isViewer(viewer) ? viewer : damaged('viewer_key'),
    linked: readLinked(linked) ?? damaged('linked'),
    event: text(event, 'event'),
    event_original: text(original, 'event_original'),
    event_time: integer(time, 'event_time'),
    stated_time: integer(stated, 'stated_time'),
    received_at: integer(received, 'received_at'),
    scene: integerOrNull(scene, 'scene'),
    evidence: readEvidence(evidence) ?? damaged('evidence'),
    referrer_viewer: viewerOrNull(referrer, 'referrer_viewer'),
    goods_id: text(goods, 'goods_id'),
    order_id: text(order, 'order_id'),
    refund_id: text(refund, 'refund_id'),
    amount_fen: integerOrNull(amount, 'amount_fen'),
    watch_ms: integerOrNull(watch, 'watch_ms'),
    props: isProps(props) ? props : damaged('props'),
    adapter: isOneOf(ADAPTERS, by) ? by : damaged('adapter'),
  };
}

function text(value: unknown, name: string): string {
  return typeof value === 'string' ? value : damaged(name);
}

function integer(value: unknown, name: string): number {
  return isInteger(value) ? value : damaged(name);
}

function integerOrNull(value: unknown, name: string): number | null {
  return value === null || isInteger(value) ? value : damaged(name);
}

function viewerOrNull(value: unknown, name: string): ViewerId | null {
  return value === null || isViewer(value) ? value : damaged(name);
}

function damaged(name: string): never {
  throw new UnreadableMessage(`an event whose ${name} is damaged`);
}
