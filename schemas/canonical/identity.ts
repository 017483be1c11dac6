/**
 * Raw ids as a source gives them. They live between a source and privacy/pseudonymize.ts and nowhere else.
 * The order of preference for `viewer` is unionid, openid, user_id, anonymous_id (PRODUCT §3).
 */
export interface RawIds {
  readonly unionid?: string;
  readonly openid?: string;
  /** The company's own member id. */
  readonly user_id?: string;
  readonly anonymous_id?: string;
}

/** The identity domains of PRODUCT §4: what is hashed before the id. */
export const IDENTITY_DOMAINS = ['wx', 'user', 'anon', 'staff'] as const;
export type IdentityDomain = (typeof IDENTITY_DOMAINS)[number];

/** Texts that stand where an id is missing; no id at all. */
export const PLACEHOLDER_IDS: ReadonlySet<string> = new Set([
  '',
  'null',
  'undefined',
  '0',
  '未取到值',
  '取值异常',
]);

/** A pseudonym: a UUID in lower-case text. */
export type ViewerId = string & { readonly __viewer: unique symbol };
