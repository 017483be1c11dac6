import type { SqlText } from '../connection/warehouse.js';

/** A piece of a statement made here; every value in it is a bound parameter of its filter. */
export type SqlFragment = string & { readonly __fragment: unique symbol };

/** The one place where generated text becomes a fragment; for this module alone. */
export const fragment = (text: string): SqlFragment => text as SqlFragment;

/** A constant of our own code as a fragment; never text of a user. */
export function fixed(text: '' | '0' | 'viewer,'): SqlFragment {
  return fragment(text);
}

/** A number with the k-th bit set where the k-th condition holds (UInt64). */
export function bitMask(conditions: readonly SqlFragment[]): SqlFragment {
  const parts = conditions.map((condition, bit) => `bitShiftLeft(toUInt64(${condition}), ${bit})`);
  return fragment(parts.length === 0 ? 'toUInt64(0)' : `(${parts.join(' + ')})`);
}

/** Puts fragments into the slots `{{name}}` of a query file; throws on a slot left open and on one it has not. */
export function fillSlots(sql: SqlText, slots: Readonly<Record<string, SqlFragment>>): SqlText {
  const used = new Set<string>();
  const filled = sql.replaceAll(/\{\{(\w+)\}\}/g, (_slot, name: string) => {
    const text = slots[name];
    if (text === undefined) throw new TypeError(`nothing fills the slot {{${name}}}`);
    used.add(name);
    return text;
  });
  const unused = Object.keys(slots).filter((name) => !used.has(name));
  if (unused.length > 0) throw new TypeError(`the statement has no slot {{${unused.join('}}, {{')}}}`);
  // A statement of ours with fragments of ours is a statement of ours.
  return filled as SqlText;
}
