import type { Condition, FunnelSpec } from '../../schemas/index.js';
import type { ScratchEvent } from '../reports/analyses/scratch-warehouse.js';
import { viewerOf } from '../reports/analyses/scratch-warehouse.js';

/** The conditions of PRODUCT §6 on one event, in plain words of JavaScript. Days are those of Beijing. */
export function meets(event: ScratchEvent, conditions: readonly Condition[]): boolean {
  return conditions.every((condition) => meetsOne(event, condition));
}

function meetsOne(event: ScratchEvent, { field, op, value }: Condition): boolean {
  const actual = fieldOf(event, field);
  const missing = actual === null || actual === '';
  const compare = (wanted: unknown): number => {
    if (field === 'event_time' && typeof wanted === 'string') return compareDay(Number(actual), wanted);
    if (typeof actual === 'number' || (typeof wanted === 'number' && actual !== null)) {
      const difference = Number(actual) - Number(wanted);
      return Number.isNaN(difference) ? Number.NaN : Math.sign(difference);
    }
    return String(actual) === String(wanted) ? 0 : String(actual) < String(wanted) ? -1 : 1;
  };
  const list = Array.isArray(value) ? value : [];
  const text = String(actual);
  const contains = (): boolean => {
    if (field.startsWith('props.') && text.startsWith('['))
      return (JSON.parse(text) as string[]).includes(String(value));
    return text.includes(String(value));
  };
  switch (op) {
    case 'is_set':
      return !missing;
    case 'is_not_set':
      return missing;
    case 'ne':
      return missing || compare(value) !== 0;
    case 'not_in':
      return missing || !list.some((one) => compare(one) === 0);
    case 'not_contains':
      return missing || !contains();
    case 'eq':
      return !missing && compare(value) === 0;
    case 'in':
      return !missing && list.some((one) => compare(one) === 0);
    case 'contains':
      return !missing && contains();
    case 'starts_with':
      return !missing && text.startsWith(String(value));
    case 'regex':
      return !missing && new RegExp(String(value)).test(text);
    case 'gt':
      return !missing && compare(value) > 0;
    case 'gte':
      return !missing && compare(value) >= 0;
    case 'lt':
      return !missing && compare(value) < 0;
    case 'lte':
      return !missing && compare(value) <= 0;
  }
}

function compareDay(time: number, day: string): number {
  const start = Date.parse(`${day}T00:00:00+08:00`);
  if (time < start) return -1;
  return time < start + 86_400_000 ? 0 : 1;
}

export function fieldOf(event: ScratchEvent, field: string): string | number | null {
  if (field.startsWith('props.')) {
    const property = event.props?.[field.slice(6)] ?? null;
    return property === '[]' ? null : property;
  }
  if (field === 'is_system') return String(SYSTEM.includes(event.scene ?? 0));
  if (field === 'viewer') return viewerOf(event.person);
  if (field === 'event_time') return event.time;
  const value: unknown = Reflect.get(event, field);
  return typeof value === 'string' || typeof value === 'number' ? value : null;
}

const SYSTEM = [1129, 1203, 1030, 1101, 1017];

/** Whether an event lies in the platforms, accounts, rooms and range of a spec. Bounds are Beijing days or instants. */
export function inScope(
  event: ScratchEvent,
  spec: Pick<FunnelSpec, 'from' | 'to' | 'platforms' | 'accounts' | 'rooms'>,
): boolean {
  const account = event.account ?? 'default';
  const room = event.room_id ?? '';
  const from =
    typeof spec.from === 'string'
      ? Date.parse(spec.from.length === 10 ? `${spec.from}T00:00:00+08:00` : spec.from)
      : spec.from;
  const to =
    typeof spec.to === 'string'
      ? spec.to.length === 10
        ? Date.parse(`${spec.to}T00:00:00+08:00`) + 86_400_000
        : Date.parse(spec.to)
      : spec.to;
  if (SYSTEM.includes(event.scene ?? 0)) return false;
  if (from !== null && event.time < from) return false;
  if (to !== null && event.time >= to) return false;
  const platforms: readonly string[] = spec.platforms;
  if (platforms.length > 0 && !platforms.includes(event.platform ?? 'miniprogram')) return false;
  if (spec.accounts.length > 0 && !spec.accounts.includes(account)) return false;
  return (
    spec.rooms.length === 0 ||
    (room !== '' && (spec.rooms.includes(room) || spec.rooms.includes(`${account}:${room}`)))
  );
}
