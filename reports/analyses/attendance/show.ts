import type { AttendanceFigures, AttendanceResult, Language } from '../../../schemas/index.js';
import type { ChartModel } from '../../render/chart-model.js';
import type { Cell, ListedTable, TableColumn } from '../../render/table-model.js';
import { emptyText, LABELS, type Label } from '../labels.js';

const TEXT = {
  title: { zh: '到课与完课', en: 'Attendance' },
  byLive: { zh: '各场到课', en: 'Attendance by live' },
  live: { zh: '场次', en: 'Live' },
  day: { zh: '日期', en: 'Day' },
  department: { zh: '部门', en: 'Department' },
  name: { zh: '姓名', en: 'Name' },
  attendanceRate: { zh: '到课率', en: 'Attendance' },
  completionRate: { zh: '完课率', en: 'Completion' },
} as const satisfies Readonly<Record<string, Label>>;

const FIGURES: readonly (readonly [keyof AttendanceFigures, Label, TableColumn['kind']])[] = [
  ['expected', { zh: '应到', en: 'Expected' }, 'integer'],
  ['attended', { zh: '到课', en: 'Attended' }, 'integer'],
  ['attendance_rate', TEXT.attendanceRate, 'percent'],
  ['finished', { zh: '完课', en: 'Finished' }, 'integer'],
  ['completion_rate', TEXT.completionRate, 'percent'],
  ['signed', { zh: '签到', en: 'Signed' }, 'integer'],
  ['sign_in_rate', { zh: '签到率', en: 'Sign-in' }, 'percent'],
];

/** Departments (or employees) of each live; and the lives as a whole. */
export function attendanceTables(result: AttendanceResult, language: Language): ListedTable[] {
  const titles = new Map(result.lives.map(({ live_id, title }) => [live_id, title === '' ? live_id : title]));
  const byEmployee = result.rows.some(({ employee_id }) => employee_id !== undefined);
  const figures = FIGURES.map(([key, label, kind]): TableColumn => ({ key, label: label[language], kind }));
  const cellsOf = (row: AttendanceFigures): Cell[] => FIGURES.map(([key]) => row[key]);
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
      ...(result.notes.length > 0 ? { note: result.notes.join(' ') } : {}),
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
        { name: TEXT.attendanceRate[language], values: result.departments.map((row) => row.attendance_rate) },
        { name: TEXT.completionRate[language], values: result.departments.map((row) => row.completion_rate) },
      ],
      valueKind: 'percent',
    },
  ];
}
