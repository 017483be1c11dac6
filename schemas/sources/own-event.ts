import { z } from 'zod';
import { cleanText } from '../clean-text.js';
import { PLACEHOLDER_IDS } from '../canonical/identity.js';
import { readInstant, type TimeRules } from '../instant.js';
import { readFen } from '../money.js';
import { PLATFORMS } from '../platform.js';

/** Scenes are stored in 32 bits; new codes appear every year. */
const MOST_SCENE = 2 ** 32 - 1;

/**
 * Our own event as it arrives in JSON (PRODUCT §3). The adapter checks the same by hand, at a tenth of the time; a
 * property test holds the two together.
 */
export function ownEventSchema(rules: TimeRules) {
  return z
    .looseObject({
      event_id: z
        .union([
          z
            .string()
            .transform((text) => text.replaceAll('\0', ''))
            .refine((text) => text.trim() !== '' && text.isWellFormed() && characters(text) <= 128),
          exactNumber,
        ])
        .describe('idempotency key within account and adapter, at most 128 characters'),
      event: z
        .string()
        .transform((text) => text.replaceAll('\0', ''))
        .refine((text) => text.trim() !== '' && characters(text) <= 100)
        .describe('name of the event, at most 100 characters; canonical names: CANONICAL_EVENTS'),
      time: z
        .unknown()
        .refine((value) => typeof readInstant(value, rules) === 'number')
        .describe('epoch milliseconds as number or text of 12 to 14 digits, or ISO 8601 with an offset'),
      unionid: personId,
      openid: personId,
      user_id: personId.describe('the company’s own member id'),
      anonymous_id: personId,
      account: name.describe('appid, corpid or domain'),
      platform: z
        .preprocess(
          (value) => (typeof value === 'string' ? value.trim() : value),
          z.union([z.enum(PLATFORMS), z.literal('')]),
        )
        .nullish(),
      room_id: name,
      scene: z
        .union([
          z.number().int().min(0).max(MOST_SCENE),
          z
            .string()
            .transform((text) => text.trim().replace(/^(?:wx-|scn:)/u, ''))
            .refine(
              (text) =>
                (text !== '0' && isPlaceholder(text)) ||
                (/^\d{1,10}(?:\.0+)?$/u.test(text) && Number(text) <= MOST_SCENE),
            ),
        ])
        .nullish()
        .describe('scene code, also with the prefixes wx- and scn:'),
      query: z.unknown().optional(),
      url: z.unknown().optional(),
      referrer: z.unknown().optional(),
      props: z
        .preprocess(parseText, propsSchema.nullish())
        .describe('flat: text, number, boolean, list of texts'),
    })
    .refine(
      (event) => [event.unionid, event.openid, event.user_id, event.anonymous_id].some((id) => isPerson(id)),
      { message: 'one of unionid, openid, user_id, anonymous_id' },
    );
}

const exactNumber = z.number().refine((value) => Math.abs(value) < 2 ** 53);
/** A number past 2^53 has lost digits; what is neither text nor number is no id. */
const personId = z
  .union([z.string(), exactNumber, z.unknown().refine((value) => typeof value !== 'number')])
  .optional();
const name = personId;

function isPerson(value: unknown): boolean {
  if (typeof value === 'number') return value !== 0;
  return typeof value === 'string' && !isPlaceholder(value.replaceAll('\0', '').trim());
}

function isPlaceholder(text: string): boolean {
  return PLACEHOLDER_IDS.has(text) || PLACEHOLDER_IDS.has(text.toLowerCase());
}

function characters(text: string): number {
  return Array.from(text).length;
}

/** Props may come as JSON text; texts in them lose NUL and lone surrogates before anything is asked of them. */
function parseText(value: unknown): unknown {
  if (typeof value === 'string' && value.trim() === '') return null;
  let props = value;
  try {
    if (typeof value === 'string') props = JSON.parse(value);
  } catch {
    return value;
  }
  if (typeof props !== 'object' || props === null || Array.isArray(props)) return props;
  return Object.fromEntries(
    Object.entries(props).map(([key, item]) => [key, typeof item === 'string' ? cleanText(item) : item]),
  );
}

const nothing = z.string().refine((text) => /^(?:-{0,2}|null|undefined)$/u.test(text.trim()));
const propValue = z.union([z.string(), z.number(), z.boolean(), z.array(z.string()), z.null()]);
const key = z.union([z.string(), exactNumber, z.boolean(), z.array(z.string())]).nullish();
const watch = (most: number) =>
  z
    .union([
      nothing,
      z.number().min(0).max(most),
      z.string().refine((text) => isDecimal(text) && Number(text) <= most),
    ])
    .nullish();

function isDecimal(text: string): boolean {
  return /^\s*\d+(?:\.\d+)?\s*$/u.test(text);
}

const propsSchema = z.record(z.string(), propValue).and(
  z.looseObject({
    goods_id: key,
    order_id: key,
    refund_id: key,
    amount_fen: z
      .union([nothing, z.unknown().refine((value) => value === null || typeof readFen(value) === 'number')])
      .optional(),
    watch_seconds: watch(2_678_400).describe('seconds, at most 31 days'),
    watch_ms: watch(2_678_400_000),
  }),
);
