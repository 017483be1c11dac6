import { fail, succeed, type FileFailure, type Outcome } from '../../schemas/index.js';
import { trimKeys } from './export-cell.js';

/**
 * `errcode` of a WeChat or WeCom reply, looked at before anything is counted: an error may carry empty lists,
 * which would look like a live that nobody watched (DOMAIN §1.4). `emptyCodes` mean "there is nothing yet".
 * The detail is the code alone: `errmsg` repeats addresses.
 */
export function checkReply(
  record: unknown,
  emptyCodes: readonly number[] = [],
): Outcome<'data' | 'empty', FileFailure> {
  const code = errorCodeOf(record);
  if (code === 0) return succeed('data');
  if (emptyCodes.includes(code)) return succeed('empty');
  return fail({ code: 'source_error', detail: `errcode ${code}` });
}

/** An error reply that says nothing of which API it came from. */
export function isBareError(record: unknown): boolean {
  const reply = trimKeys(record);
  return 'errcode' in reply && 'errmsg' in reply && errorCodeOf(record) !== 0;
}

/** 0 where none stands, -1 where what stands is no number. */
export function errorCodeOf(record: unknown): number {
  const code = Number(trimKeys(record)['errcode'] ?? 0);
  return Number.isFinite(code) ? code : -1;
}
