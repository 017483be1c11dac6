/** The canonical event names (PRODUCT §3); any other name is kept as it came. */
export const CANONICAL_EVENTS = [
  'mini_launch',
  'mini_show',
  'mini_hide',
  'page_view',
  'page_leave',
  'link_click',
  'live_enter',
  'live_heartbeat',
  'live_leave',
  'live_like',
  'live_comment',
  'live_share',
  'live_subscribe',
  'goods_expose',
  'goods_click',
  'order_create',
  'order_pay',
  'order_refund',
  'follow_add',
  'contact_add',
] as const;
export type CanonicalEventName = (typeof CANONICAL_EVENTS)[number];

/** Events that tell of an order; one order has one of each (PRODUCT §3, Orders). */
export const ORDER_EVENTS = ['order_create', 'order_pay', 'order_refund'] as const;
export type OrderEventName = (typeof ORDER_EVENTS)[number];

export function isOrderEvent(name: string): name is OrderEventName {
  return name === 'order_pay' || name === 'order_create' || name === 'order_refund';
}

/** Events that can begin a touch (PRODUCT §5). */
export const ENTRY_EVENTS = ['mini_launch', 'mini_show', 'link_click', 'live_enter', 'page_view'] as const;

/** An event belongs to its viewer's last touch of so many days (× 24 h) before it (PRODUCT §5). */
export const TOUCH_REACH_DAYS = 30;

/** Crawler and test traffic: in no touch, no analysis, no count of people (PRODUCT §4). */
export const SYSTEM_SCENES = [1129, 1203, 1030, 1101, 1017] as const;
