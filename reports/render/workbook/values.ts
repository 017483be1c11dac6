import type { SheetCell } from '../../../formats/index.js';
import { excelDaySerial, excelSerial } from '../../../formats/index.js';
import type { Cell, ColumnKind } from '../table-model.js';
import { instantText, wallClockOf } from '../wall-clock.js';

const DAY_SECONDS = 86_400;

/**
 * How bare values of a kind become spreadsheet values: fen become 元, seconds fractions of a day, instants the date
 * their zone's clock shows. What a spreadsheet cannot show as a date becomes text.
 */
export function sheetValueOf(kind: ColumnKind, timeZone: string): (value: Cell) => SheetCell {
  const onNumbers =
    (convert: (value: number) => SheetCell) =>
    (value: Cell): SheetCell =>
      typeof value === 'number' && Number.isFinite(value)
        ? convert(value)
        : typeof value === 'string'
          ? value
          : null;
  switch (kind) {
    case 'text':
      return onNumbers(String);
    case 'integer':
    case 'decimal':
    case 'percent':
      return onNumbers((value) => value);
    case 'money_fen':
      return onNumbers((value) => value / 100);
    case 'duration_seconds':
      return onNumbers((value) => value / DAY_SECONDS);
    case 'instant': {
      const wallClock = wallClockOf(timeZone);
      return onNumbers((value) => excelSerial(wallClock(value)) ?? instantText(value, timeZone, true));
    }
    case 'day': {
      // rows of one day come together
      let last: { readonly day: string; readonly cell: SheetCell } = { day: '', cell: null };
      return (value) => {
        if (typeof value !== 'string') return null;
        if (value !== last.day) last = { day: value, cell: excelDaySerial(value) ?? value };
        return last.cell;
      };
    }
  }
}
