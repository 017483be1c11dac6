import {
  didYouMean,
  fail,
  shownName,
  succeed,
  type AnalysisFailure,
  type Outcome,
} from '../schemas/index.js';

/** What the values of a field are, and so how they compare. */
export type FieldKind = 'text' | 'number' | 'instant' | 'property';

/** A field a condition, a breakdown or a correlation may name. */
export interface Field {
  readonly name: string;
  readonly kind: FieldKind;
  /** The expression over the scope's rows; of text fields never NULL, `''` where there is none. */
  readonly expression: string;
  /** Of a property: its key, to be bound as a parameter. */
  readonly propertyKey: string | null;
  /** Needs the touch of the event beside it. */
  readonly ofTouch: boolean;
}

/** The columns of `wxlive.events`: the allow-list of identifiers that may reach a statement. */
const EVENT_COLUMNS = {
  event_id: ['text', 'event_id'],
  platform: ['text', 'platform'],
  account: ['text', 'account'],
  room_id: ['text', 'room_id'],
  viewer: ['text', 'toString(viewer)'],
  event: ['text', 'event'],
  event_original: ['text', 'event_original'],
  event_time: ['instant', 'event_time'],
  received_at: ['instant', 'received_at'],
  scene: ['number', 'scene'],
  // As JSON writes it, whichever type the rows hold it in.
  is_system: ['text', "if(is_system, 'true', 'false')"],
  channel: ['text', "ifNull(channel, '')"],
  utm_source: ['text', "ifNull(utm_source, '')"],
  utm_medium: ['text', "ifNull(utm_medium, '')"],
  utm_campaign: ['text', "ifNull(utm_campaign, '')"],
  utm_content: ['text', "ifNull(utm_content, '')"],
  utm_term: ['text', "ifNull(utm_term, '')"],
  link_code: ['text', "ifNull(link_code, '')"],
  referrer_host: ['text', "ifNull(referrer_host, '')"],
  referrer_viewer: ['text', "ifNull(toString(referrer_viewer), '')"],
  goods_id: ['text', "ifNull(goods_id, '')"],
  order_id: ['text', "ifNull(order_id, '')"],
  amount_fen: ['number', 'amount_fen'],
  watch_ms: ['number', 'watch_ms'],
  adapter: ['text', 'adapter'],
  batch_id: ['text', 'batch_id'],
} as const satisfies Readonly<Record<string, readonly [FieldKind, string]>>;

/** The columns of the touch an event belongs to. */
const TOUCH_COLUMNS = {
  touch_time: ['instant', 'touched_at'],
  channel: ['text', 'touch_channel'],
  utm_source: ['text', 'touch_utm_source'],
  utm_medium: ['text', 'touch_utm_medium'],
  utm_campaign: ['text', 'touch_utm_campaign'],
  utm_content: ['text', 'touch_utm_content'],
  utm_term: ['text', 'touch_utm_term'],
  link_code: ['text', 'touch_link_code'],
} as const satisfies Readonly<Record<string, readonly [FieldKind, string]>>;

/** Every field name of a fixed spelling; `props.KEY` is open. */
export const FIELD_NAMES: readonly string[] = [
  ...Object.keys(EVENT_COLUMNS),
  ...Object.keys(TOUCH_COLUMNS).map((name) => `touch.${name}`),
];

/** Finds a field by the name a user wrote; an unknown one is named with the nearest known. */
export function resolveField(name: string): Outcome<Field, AnalysisFailure> {
  if (name.startsWith('props.') && name.length > 'props.'.length) {
    const propertyKey = name.slice('props.'.length);
    return succeed({ name, kind: 'property', expression: '', propertyKey, ofTouch: false });
  }
  const ofTouch = name.startsWith('touch.');
  const column = columnOf(
    ofTouch ? TOUCH_COLUMNS : EVENT_COLUMNS,
    ofTouch ? name.slice('touch.'.length) : name,
  );
  if (column !== undefined) {
    return succeed({ name, kind: column[0], expression: column[1], propertyKey: null, ofTouch });
  }
  return fail(unknownField(name, FIELD_NAMES, '、props.KEY、touch.COLUMN', ', props.KEY, or touch.COLUMN'));
}

/** The failure that names the nearest fields; `more` are forms a name may have besides the known ones. */
export function unknownField(
  name: string,
  known: readonly string[],
  moreZh = '',
  moreEn = '',
): AnalysisFailure {
  const shown = shownName(name);
  return {
    code: 'unknown_field',
    message: `unknown field '${shown}'${didYouMean(name, known)}; a field is a column${moreEn}`,
    zh: `没有字段「${shown}」${didYouMean(name, known, 'zh')}；字段应为列名${moreZh}`,
  };
}

function columnOf(
  columns: Readonly<Record<string, readonly [FieldKind, string]>>,
  name: string,
): readonly [FieldKind, string] | undefined {
  return Object.hasOwn(columns, name) ? columns[name] : undefined;
}
