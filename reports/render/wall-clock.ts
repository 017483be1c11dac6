/**
 * What a clock on the wall of a time zone shows, without local Date parts. A wall time is given as the UTC
 * milliseconds at which a clock in UTC shows the same: `new Date(wall).toISOString()` reads it out.
 */
const QUARTER_HOUR_MS = 900_000;

const formatters = new Map<string, Intl.DateTimeFormat>();

function formatterOf(timeZone: string): Intl.DateTimeFormat {
  let formatter = formatters.get(timeZone);
  if (formatter === undefined) {
    formatter = new Intl.DateTimeFormat('en-US', { timeZone, timeZoneName: 'longOffset', year: 'numeric' });
    formatters.set(timeZone, formatter);
  }
  return formatter;
}

/** Offset of the zone from UTC at an instant, in milliseconds; positive east of Greenwich. */
function offsetAt(instant: number, timeZone: string): number {
  const name = formatterOf(timeZone)
    .formatToParts(instant)
    .find((part) => part.type === 'timeZoneName')?.value;
  const match = /^GMT(?:([+-])(\d{2}):(\d{2})(?::(\d{2}))?)?$/.exec(name ?? '');
  if (match === null) throw new Error(`offset of time zone ${timeZone} is unreadable: ${name ?? 'none'}`);
  if (match[1] === undefined) return 0;
  const seconds = Number(match[2]) * 3600 + Number(match[3]) * 60 + Number(match[4] ?? 0);
  return (match[1] === '-' ? -seconds : seconds) * 1000;
}

/**
 * A converter from instants (UTC ms) to wall times (see above) of one zone. Offsets are remembered by quarter of an
 * hour, since every zone of today changes on one: a million rows ask Intl a few times.
 */
export function wallClockOf(timeZone: string): (instant: number) => number {
  const offsets = new Map<number, number>();
  return (instant) => {
    const quarter = Math.floor(instant / QUARTER_HOUR_MS);
    let offset = offsets.get(quarter);
    if (offset === undefined) {
      offset = offsetAt(instant, timeZone);
      if (offsets.size > 100_000) offsets.clear();
      offsets.set(quarter, offset);
    }
    return instant + offset;
  };
}

/** `2026-09-10 15:09` (with seconds: `15:09:34`) of an instant in a zone. */
export function instantText(instant: number, timeZone: string, withSeconds = false): string {
  const text = new Date(wallClockOf(timeZone)(instant)).toISOString();
  return `${text.slice(0, 10)} ${text.slice(11, withSeconds ? 19 : 16)}`;
}
