const DAY_MS = 86_400_000;
/** 1970-01-01. */
const EPOCH_SERIAL = 25_569;
/** 1900-03-01: before it spreadsheets count a 29 February that never was, and disagree with each other. */
const FIRST_SERIAL = 61;
/** 9999-12-31, the last day a spreadsheet shows. */
const LAST_SERIAL = 2_958_465;

/**
 * The spreadsheet date of a wall time, given as the UTC ms at which a clock in UTC shows the same. Null outside
 * 1900-03-01 to 9999-12-31, which a spreadsheet cannot show: write text then.
 */
export function excelSerial(wallMs: number): number | null {
  const serial = wallMs / DAY_MS + EPOCH_SERIAL;
  return serial >= FIRST_SERIAL && serial < LAST_SERIAL + 1 ? serial : null;
}

/** The spreadsheet date of a day `YYYY-MM-DD`; null when it is none. */
export function excelDaySerial(day: string): number | null {
  const match = /^(\d{4})-(\d{2})-(\d{2})$/.exec(day);
  if (match === null) return null;
  const wallMs = Date.UTC(Number(match[1]), Number(match[2]) - 1, Number(match[3]));
  return new Date(wallMs).toISOString().startsWith(day) ? excelSerial(wallMs) : null;
}
