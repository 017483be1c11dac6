import { instantText, type HeatmapRoom } from '../../../schemas/index.js';

const MINUTE_MS = 60_000;
/** A longer silence of a room is left out of its minutes: between two lives of one room lie days. */
const QUIET_MINUTES = 120;

export interface HeatmapGrid {
  /** Events of a room in one minute (since 1970) under one key; each cell comes once. */
  addCell(room: RoomKey, minute: number, key: string, events: number): void;
  /** Events of the rooms so far: what their cells add up to. */
  readonly events: ReadonlyMap<string, number>;
  /** Figures that the result will have, zeros included. */
  readonly figures: number;
  result(timeZone: string): HeatmapRoom[];
}

export interface RoomKey {
  readonly platform: string;
  readonly account: string;
  readonly roomId: string;
}

interface Room {
  readonly name: RoomKey;
  readonly minutes: Set<number>;
  readonly keys: Map<string, Map<number, number>>;
}

/** One text for a room, to look it up by. */
export function roomKeyText({ platform, account, roomId }: RoomKey): string {
  return [platform, account, roomId].join('\0');
}

/** Gathers cells, and lays them out: rooms by name, minutes in order, the busiest key first. */
export function createHeatmapGrid(): HeatmapGrid {
  const rooms = new Map<string, Room>();
  const events = new Map<string, number>();
  return {
    events,
    addCell(name, minute, key, count) {
      const text = roomKeyText(name);
      let room = rooms.get(text);
      if (room === undefined) {
        room = { name, minutes: new Set(), keys: new Map() };
        rooms.set(text, room);
      }
      room.minutes.add(minute);
      const cells = room.keys.get(key) ?? new Map<number, number>();
      cells.set(minute, count);
      room.keys.set(key, cells);
      events.set(text, (events.get(text) ?? 0) + count);
    },
    get figures() {
      return [...rooms.values()].reduce(
        (sum, { minutes, keys }) => sum + countMinutes(minutes) * keys.size,
        0,
      );
    },
    result(timeZone) {
      return [...rooms]
        .sort(([left], [right]) => (left < right ? -1 : 1))
        .map(([, { name, minutes, keys }]) => {
          const axis = fillMinutes(minutes);
          return {
            platform: name.platform,
            account: name.account,
            room_id: name.roomId,
            minutes: axis.map((minute) => instantText(minute * MINUTE_MS, timeZone)),
            rows: [...keys]
              .map(([key, cells]) => ({ key, cells, total: sumOf(cells) }))
              .sort((left, right) => right.total - left.total || (left.key < right.key ? -1 : 1))
              .map(({ key, cells }) => ({ key, counts: axis.map((minute) => cells.get(minute) ?? 0) })),
          };
        });
    },
  };
}

function sumOf(cells: ReadonlyMap<number, number>): number {
  let sum = 0;
  for (const count of cells.values()) sum += count;
  return sum;
}

function sorted(minutes: ReadonlySet<number>): number[] {
  return [...minutes].sort((left, right) => left - right);
}

/** Every minute from the first to the last but for long silences. */
function fillMinutes(minutes: ReadonlySet<number>): number[] {
  const axis: number[] = [];
  let before: number | null = null;
  for (const minute of sorted(minutes)) {
    if (before !== null && minute - before <= QUIET_MINUTES) {
      for (let between = before + 1; between < minute; between += 1) axis.push(between);
    }
    axis.push(minute);
    before = minute;
  }
  return axis;
}

/** How many minutes `fillMinutes` makes, without making them. */
function countMinutes(minutes: ReadonlySet<number>): number {
  let count = 0;
  let before: number | null = null;
  for (const minute of sorted(minutes)) {
    count += before !== null && minute - before <= QUIET_MINUTES ? minute - before : 1;
    before = minute;
  }
  return count;
}
