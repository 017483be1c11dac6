import { fragment, type SqlFragment } from './fragment.js';

/** The columns, and the packed number, that carry values beside the marks of an event. */
export interface PackedValues {
  readonly values: SqlFragment;
  readonly packed: SqlFragment;
}

/**
 * Packs an instant with marks and up to two values in one number that sorts by time: 64 bits for the instant and its
 * marks, then 64 for the hash of the correlated value, then 64 for that of the breakdown's; 0 where there is none.
 */
export function packValues(correlated: SqlFragment | null, brokenDown: SqlFragment | null): PackedValues {
  const beside = [
    ...(correlated === null ? [] : [{ name: 'correlated', hash: hashOf(correlated) }]),
    ...(brokenDown === null ? [] : [{ name: 'broken_down', hash: hashOf(brokenDown) }]),
  ];
  const width = { 0: 'UInt64', 1: 'UInt128', 2: 'UInt256' }[beside.length] ?? 'UInt256';
  const packed = ['instant + marks', ...beside.map(({ name }) => name)].map(
    (part, index, parts) => `bitShiftLeft(to${width}(${part}), ${64 * (parts.length - 1 - index)})`,
  );
  return {
    values: fragment(beside.map(({ name, hash }) => `, ${hash} AS ${name}`).join('')),
    packed: fragment(packed.join(' + ')),
  };
}

/** The hash of a text that stands for it (UInt64); 0 for `''`, and where there is no such text. */
export function hashOf(text: SqlFragment | null): SqlFragment {
  if (text === null) return fragment('toUInt64(0)');
  return fragment(`if(${text} = '', toUInt64(0), cityHash64(toString(${text})))`);
}
