import type { AttendanceFigures, AttendanceResult, Language } from '../../../schemas/index.js';
import type { ChartModel } from '../../render/chart-model.js';
import type { Cell, ListedTable, TableColumn } from '../../render/table-model.js';
import { emptyText, LABELS, type Label } from '../labels.js';
import { metricColumn, metricLabel } from '../metric-column.js';

const TEXT = {
  title: { zh: '到课与完课', en: 'Attendance' },
  byLive: { zh: '各场到课', en: 'Attendance by live' },
  live: { zh: '场次', en: 'Live' },
  day: { zh: '日期', en: 'Day' },
  department: { zh: '部门', en: 'Department' },
  name: { zh: '姓名', en: 'Name' },
} as const satisfies Readonly<Record<string, Label>>;

const FIGURES = [
  'expected',
  'attended',
  'attendance_rate',
  'finished',
  'completion_rate',
  'signed',
  'sign_in_rate',
] as const satisfies readonly (keyof AttendanceFigures)[];

/** Departments (or employees) of each live; and the lives as a whole. */
export function attendanceTables(result: AttendanceResult, language: Language): ListedTable[] {
  const titles = new Map(result.lives.map(({ live_id, title }) => [live_id, title === '' ? live_id : title]));
  const byEmployee = result.rows.some(({ employee_id }) => employee_id !== undefined);
  const figures = FIGURES.map((id) => metricColumn(id, language));
  const cellsOf = (row: AttendanceFigures): Cell[] => FIGURES.map((id) => row[id]);
  const emptyNote = emptyText(result.notes, language);
  const text = (key: string, label: Label): TableColumn => ({ key, label: label[language], kind: 'text' });
  return [
    {
      title: TEXT.title[language],
      columns: [
        text('live', TEXT.live),
        text('department', TEXT.department),
        ...(byEmployee ? [text('name', TEXT.name)] : []),
        ...figures,
      ],
      rows: result.rows.map((row) => [
        titles.get(row.live_id) ?? row.live_id,
        row.department,
        ...(byEmployee ? [row.name ?? ''] : []),
        ...cellsOf(row),
      ]),
      totalRow: [LABELS.total[language], '', ...(byEmployee ? [''] : []), ...cellsOf(result.total)],
      emptyNote,
      ...(result.rows.length > 0 && result.notes.length > 0 ? { note: result.notes.join(' ') } : {}),
    },
    {
      title: TEXT.byLive[language],
      columns: [
        text('live', TEXT.live),
        { key: 'live_day', label: TEXT.day[language], kind: 'day' },
        ...figures,
      ],
      rows: result.lives.map((live) => [
        titles.get(live.live_id) ?? live.live_id,
        live.live_day,
        ...cellsOf(live),
      ]),
      emptyNote,
    },
  ];
}

/** Departments over all lives, each rate from its own sums. */
export function attendanceCharts(result: AttendanceResult, language: Language): ChartModel[] {
  return [
    {
      kind: 'bar',
      title: TEXT.title[language],
      categories: result.departments.map(({ department }) => department),
      series: [
        {
          name: metricLabel('attendance_rate', language),
          values: result.departments.map((row) => row.attendance_rate),
        },
        {
          name: metricLabel('completion_rate', language),
          values: result.departments.map((row) => row.completion_rate),
        },
      ],
      valueKind: 'percent',
    },
  ];
}
