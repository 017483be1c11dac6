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
  const first =
    correlated === null
      ? ''
      : `, toString(${correlated}) AS correlated_text, ${HASH('correlated_text')} AS correlated`;
  const second =
    brokenDown === null
      ? ''
      : `, toString(${brokenDown}) AS breakdown_text, ${HASH('breakdown_text')} AS broken_down`;
  const beside = [
    ...(correlated === null ? [] : ['correlated']),
    ...(brokenDown === null ? [] : ['broken_down']),
  ];
  const width = { 0: 'UInt64', 1: 'UInt128', 2: 'UInt256' }[beside.length] ?? 'UInt256';
  const packed = ['instant + marks', ...beside].map(
    (part, index, parts) => `bitShiftLeft(to${width}(${part}), ${64 * (parts.length - 1 - index)})`,
  );
  return { values: fragment(`${first}${second}`), packed: fragment(packed.join(' + ')) };
}

const HASH = (text: string): string => `if(${text} = '', toUInt64(0), cityHash64(${text}))`;

/** Columns that say what the breakdown hashes of a viewer stand for: their upper 53 bits, and the texts. */
export function textsOf(brokenDown: SqlFragment | null): SqlFragment {
  if (brokenDown === null) return fragment('');
  const texts = 'groupUniqArray(breakdown_text)';
  return fragment(
    `, arrayMap(one -> bitShiftRight(cityHash64(one), 11), ${texts}) AS codes, ${texts} AS texts`,
  );
}
