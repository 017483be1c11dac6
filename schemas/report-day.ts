/** Calendar days of the report time zone: texts `YYYY-MM-DD`, never local-time `Date` parts. */

const DAY_PATTERN = /^(\d{4})-(\d{2})-(\d{2})$/;
export const DAY_MS = 86_400_000;

const formatters = new Map<string, Intl.DateTimeFormat>();

function formatterOf(zone: string): Intl.DateTimeFormat {
  let formatter = formatters.get(zone);
  if (formatter === undefined) {
    formatter = new Intl.DateTimeFormat('en-CA', {
      timeZone: zone,
      hourCycle: 'h23',
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
      hour: '2-digit',
      minute: '2-digit',
      second: '2-digit',
    });
    formatters.set(zone, formatter);
  }
  return formatter;
}

/** What the zone's clocks show at an instant, as if it were UTC milliseconds. */
function wallClockOf(instantMs: number, zone: string): number {
  const parts: Record<string, number> = {};
  for (const part of formatterOf(zone).formatToParts(instantMs)) parts[part.type] = Number(part.value);
  const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = parts;
  return Date.UTC(year, month - 1, day, hour, minute, second) + (((instantMs % 1000) + 1000) % 1000);
}

/** How far the zone's clocks are ahead of UTC at an instant, in milliseconds. */
export function zoneOffset(instantMs: number, zone: string): number {
  return wallClockOf(instantMs, zone) - instantMs;
}

/** Whether a text is a real calendar day `YYYY-MM-DD`. */
export function isDay(text: string): boolean {
  return DAY_PATTERN.test(text) && dayText(dayNumber(text)) === text;
}

/** Days since 1970-01-01 of a calendar day. */
export function dayNumber(day: string): number {
  const [, year, month, date] = DAY_PATTERN.exec(day) ?? [];
  return Date.UTC(Number(year), Number(month) - 1, Number(date)) / DAY_MS;
}

/** The calendar day that is so many days after 1970-01-01. */
export function dayText(number: number): string {
  const time = new Date(number * DAY_MS);
  return Number.isNaN(time.getTime()) ? '' : time.toISOString().slice(0, 10);
}

/** The day an instant lies in. */
export function dayOf(instantMs: number, zone: string): string {
  return dayText(Math.floor(wallClockOf(instantMs, zone) / DAY_MS));
}

/** The first instant of a day, in UTC milliseconds; where clocks skip midnight, the first instant there is. */
export function startOfDay(day: string, zone: string): number {
  const wall = dayNumber(day) * DAY_MS;
  const guesses = [wall - zoneOffset(wall - DAY_MS, zone), wall - zoneOffset(wall + DAY_MS, zone)];
  const right = guesses.filter((guess) => wallClockOf(guess, zone) === wall);
  return right.length > 0 ? Math.min(...right) : Math.max(...guesses);
}

export function addDays(day: string, days: number): string {
  return dayText(dayNumber(day) + days);
}

/** The Monday of the week a day lies in. */
export function startOfWeek(day: string): string {
  const number = dayNumber(day);
  // 1970-01-01 was a Thursday
  return dayText(number - ((((number + 3) % 7) + 7) % 7));
}

/** The first of the month a day lies in. */
export function startOfMonth(day: string): string {
  return `${day.slice(0, 7)}-01`;
}

/** An instant as ISO 8601 with the zone's offset: `2026-09-09T20:00:00.000+08:00`. */
export function instantText(instantMs: number, zone: string): string {
  const offset = zoneOffset(instantMs, zone);
  const minutes = Math.round(Math.abs(offset) / 60_000);
  const sign = offset < 0 ? '-' : '+';
  const two = (value: number): string => String(value).padStart(2, '0');
  const wall = new Date(instantMs + offset).toISOString().slice(0, 23);
  return `${wall}${sign}${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`;
}
