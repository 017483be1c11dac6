import type { Language } from '../../schemas/index.js';
import type { ChartValueKind } from './chart-model.js';
import type { Cell, ColumnKind, TableColumn } from './table-model.js';
import { instantText } from './wall-clock.js';

/** What people see where a figure is not known. */
export const UNKNOWN_TEXT = '–';

interface Shape {
  readonly timeZone: string;
  /** See `TableColumn.decimals`. */
  readonly decimals?: number;
  /** Put a sign before rises too: changes. */
  readonly signed?: boolean;
  /** See `TableColumn.isProbability`. */
  readonly isProbability?: boolean;
}

/** A number with thousands separators and exactly `decimals` digits: `1,234.50`. */
export function groupedNumber(value: number, decimals: number): string {
  const fixed = value.toFixed(decimals);
  // toFixed leaves the minus sign on what rounds to zero, and exponents from 1e21 on: both come out as they are read
  const [whole = '', fraction] = (/^-0(\.0+)?$/.test(fixed) ? fixed.slice(1) : fixed).split('.');
  const grouped = whole.includes('e') ? whole : whole.replaceAll(/\B(?=(\d{3})+$)/g, ',');
  return fraction === undefined ? grouped : `${grouped}.${fraction}`;
}

/** Seconds as `1:02:03`, hours never dropped so that a column reads evenly. */
export function durationText(seconds: number): string {
  const whole = Math.round(Math.abs(seconds));
  const two = (value: number) => String(value).padStart(2, '0');
  const text = `${String(Math.floor(whole / 3600))}:${two(Math.floor(whole / 60) % 60)}:${two(whole % 60)}`;
  return seconds < 0 && whole > 0 ? `-${text}` : text;
}

/** A bare value of a kind (see `ColumnKind` for the units) as text for people. */
export function valueText(value: Cell, kind: ColumnKind, shape: Shape): string {
  if (value === null) return UNKNOWN_TEXT;
  if (typeof value === 'string') return value;
  if (!Number.isFinite(value)) return UNKNOWN_TEXT;
  switch (kind) {
    case 'text':
    case 'day':
      return String(value);
    case 'integer':
      return signedText(groupedNumber(value, 0), shape);
    case 'decimal':
      if (shape.isProbability === true) return probabilityText(value, shape.decimals);
      return signedText(groupedNumber(value, shape.decimals ?? 2), shape);
    case 'percent':
      return signedText(`${groupedNumber(value * 100, shape.decimals ?? 1)}%`, shape);
    case 'money_fen':
      return signedText(groupedNumber(value / 100, 2), shape);
    case 'duration_seconds':
      return durationText(value);
    case 'instant':
      return instantText(value, shape.timeZone);
  }
}

/** A p value, by default to four digits: `0.0312`, `< 0.0001`. */
export function probabilityText(value: number, decimals = 4): string {
  const least = 10 ** -decimals;
  return value < least ? `< ${groupedNumber(least, decimals)}` : groupedNumber(value, decimals);
}

function signedText(text: string, shape: Shape): string {
  return shape.signed === true && !text.startsWith('-') && /[1-9]/.test(text) ? `+${text}` : text;
}

/** A table cell as text for people; the zone is the document's. */
export function cellText(value: Cell, column: TableColumn, timeZone: string): string {
  return valueText(value, column.kind, {
    timeZone,
    ...(column.decimals === undefined ? {} : { decimals: column.decimals }),
    signed: column.emphasis === 'change',
    isProbability: column.isProbability === true,
  });
}

/** What stands above a column: its label, with the unit where cells do not show it. */
export function headerText(column: TableColumn, language: Language): string {
  if (column.kind !== 'money_fen' || /元|yuan|CNY|¥|￥/i.test(column.label)) return column.label;
  return language === 'zh' ? `${column.label}（元）` : `${column.label} (CNY)`;
}

/** A change against an earlier figure: `▲ 12.3%`, `▼ 4.0%`, `● 0.0%`; unknown: `–`. */
export function changeText(change: number | null): string {
  if (change === null || !Number.isFinite(change)) return UNKNOWN_TEXT;
  const text = groupedNumber(Math.abs(change) * 100, 1);
  if (!/[1-9]/.test(text)) return `● ${text}%`;
  return `${change > 0 ? '▲' : '▼'} ${text}%`;
}

/** What was reached of a target: `62.5%`. */
export function shareText(fraction: number): string {
  return `${groupedNumber(fraction * 100, 1)}%`;
}

/** A value of a chart as text. */
export function chartValueText(value: number | null, kind: ChartValueKind): string {
  return valueText(value, kind, { timeZone: 'UTC' });
}
