import type { CanonicalRecord } from '../../schemas/index.js';
import { unpackRecords } from '../bus/record-codec.js';

/** Codes of what a loader set aside: their original is a message, or a part of one. */
const LETTER_CODES: ReadonlySet<string> = new Set(['unreadable_message', 'refused_by_warehouse']);

export function isLetter(code: string): boolean {
  return LETTER_CODES.has(code);
}

/**
 * The records of a message that a loader set aside: they were read and pseudonymised before it was sent. null when this
 * version cannot read it either; it may still be a row that somebody else wrote into the topic.
 */
export function rereadLetter(original: string): readonly CanonicalRecord[] | null {
  try {
    return unpackRecords(Buffer.from(original)).records;
  } catch {
    return null;
  }
}
