import type { Outcome, RejectFailure } from '../../schemas/index.js';
import { jsonText } from '../json-text.js';

/** One row of a request, parsed or known to be bad. */
export interface CollectedRow {
  /** `/v1/events:17` for a line, `$[3]` for an element, `$` for a request that is one record. */
  readonly place: string;
  readonly value: Outcome<unknown, RejectFailure>;
  /** The row as it stood; asked for only when it is rejected. */
  original(): string;
}

/** Rows out of an array that was parsed as a whole. */
export function elementRows(values: readonly unknown[]): readonly CollectedRow[] {
  return values.map((value, index) => ({
    place: `$[${index}]`,
    value: { ok: true, value },
    original: () => jsonText(value),
  }));
}

/** A request that is one record. */
export function singleRow(value: unknown): readonly CollectedRow[] {
  return [{ place: '$', value: { ok: true, value }, original: () => jsonText(value) }];
}

/** A request of which nothing could be read. */
export function unreadableRow(failure: RejectFailure, original: string): readonly CollectedRow[] {
  return [{ place: '$', value: { ok: false, failure }, original: () => original }];
}
