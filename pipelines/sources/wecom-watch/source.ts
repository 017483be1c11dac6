import {
  durationUnitOfHeader,
  fail,
  parseDurationSeconds,
  succeed,
  watchEntrySchema,
  type DraftAttendance,
  type Outcome,
  type RejectFailure,
  type WatchEntry,
} from '../../../schemas/index.js';
import type { Source, SourceContext, SourceRow } from '../../source.js';
import { asCell, FieldReader, flagOf, idOf, isObject, textOf, trimKeys } from '../export-cell.js';
import { pastTime } from '../platform-time.js';
import { isBareError } from '../wechat-reply.js';
import { WATCH_COLUMNS } from './columns.js';
import { isListedViewer, watchPages, type ListedViewer } from './pages.js';
import { isOutsiderId, splitOutsiderMark, viewerTypeOfWord } from './viewer-type.js';

/** Who watched a WeCom live how long: console exports and `get_watch_stat` pages meet in one attendance draft. */
export const wecomWatchSource: Source = {
  name: 'wecom-watch',
  loads: 'whole',
  table: {
    columns: WATCH_COLUMNS,
    required: [['watch_seconds'], ['employee_id', 'name']],
    open: null,
    everyTable: false,
  },
  recognize(record) {
    const page = trimKeys(record);
    if (isObject(page['stat_info']) || 'stat_infoes' in page) return 1;
    // Some error reply of WeChat or WeCom: to be refused as one, not as an unknown layout.
    return isBareError(record) ? 0.5 : 0;
  },
  records: watchPages,
  nobody: (liveId) => ({ kind: 'watch_list', account: null, live_id: liveId }),
  normalize(row, context) {
    if (row.from === 'table') return normalizeCells(row, context);
    return isListedViewer(row.value) ? normalizeListed(row.value, context) : fail({ code: 'not_json' });
  },
};

type Drafts = Outcome<readonly DraftAttendance[], RejectFailure>;

function normalizeCells(row: Extract<SourceRow, { from: 'table' }>, context: SourceContext): Drafts {
  const { cells, headers } = row;
  const reader = new FieldReader();
  const seconds = (column: string): number | null => {
    const unit = durationUnitOfHeader(headers[column] ?? '') ?? 'seconds';
    const duration = parseDurationSeconds(cells[column] ?? null, unit);
    return reader.take(duration.ok ? duration : fail({ ...duration.failure, field: column }));
  };
  const who = reader.take(
    whoOf({
      id: reader.take(idOf(cells['employee_id'], 'employee_id')),
      name: textOf(cells['name']),
      word: textOf(cells['viewer_type']),
      department: textOf(cells['department']),
    }),
  );
  const commented =
    reader.take(flagOf(cells['commented'], 'commented')) ??
    reader.take(flagOf(cells['comment_count'], 'comment_count'));
  const draft = {
    live_id: textOf(cells['live_id']),
    account: textOf(cells['corpid']),
    department: textOf(cells['department']),
    watch_seconds: seconds('watch_seconds'),
    replay_seconds: seconds('replay_seconds'),
    commented,
    mic: reader.take(flagOf(cells['mic'], 'mic')),
    ...inviterOf(textOf(cells['inviter_id']), textOf(cells['inviter_external_id']), textOf(cells['inviter'])),
    first_enter_at: reader.take(pastTime(cells['first_enter_at'], context.receivedAt, 'first_enter_at')),
    last_leave_at: reader.take(pastTime(cells['last_leave_at'], context.receivedAt, 'last_leave_at')),
  };
  if (who === null || reader.failure !== null) return fail(reader.failure ?? MISSING_VIEWER);
  return succeed([{ kind: 'attendance', ...draft, ...who }]);
}

function normalizeListed({ list, entry }: ListedViewer, context: SourceContext): Drafts {
  if (!isObject(entry)) return fail({ code: 'not_json' });
  const parsed = watchEntrySchema.safeParse(trimKeys(entry));
  if (!parsed.success) {
    const field = String(parsed.error.issues[0]?.path[0] ?? list);
    return fail({ code: field === 'watch_time' ? 'bad_duration' : 'bad_value', field });
  }
  const viewer = parsed.data;
  const reader = new FieldReader();
  const who =
    list === 'users'
      ? reader.take(whoOf({ id: textOf(viewer.userid), name: null, word: 'staff', department: null }))
      : outsiderOf(viewer);
  const duration = parseDurationSeconds(asCell(viewer.watch_time));
  const draft = {
    live_id: null,
    account: null,
    department: null,
    watch_seconds: reader.need(
      duration.ok ? duration : fail({ ...duration.failure, field: 'watch_time' }),
      { code: 'bad_duration', field: 'watch_time' },
      0,
    ),
    replay_seconds: null,
    commented: reader.take(flagOf(viewer.is_comment, 'is_comment')),
    mic: reader.take(flagOf(viewer.is_mic, 'is_mic')),
    ...inviterOf(textOf(viewer.invitor_userid), textOf(viewer.invitor_external_userid), null),
    first_enter_at: reader.take(pastTime(viewer.enter_time, context.receivedAt, 'enter_time')),
    last_leave_at: reader.take(pastTime(viewer.leave_time, context.receivedAt, 'leave_time')),
  };
  if (who === null || reader.failure !== null) return fail(reader.failure ?? MISSING_VIEWER);
  return succeed([{ kind: 'attendance', ...draft, ...who }]);
}

type Who = Pick<DraftAttendance, 'scope' | 'viewer_type' | 'employee_id' | 'external_id' | 'name'>;
const MISSING_VIEWER: RejectFailure = { code: 'missing_key', field: 'employee_id' };

/**
 * Staff or outsider: by the id where it can only be an outsider's, else by the type column, else by the mark in
 * the name, else a department or an id makes it staff. Staff without an id is refused: a name alone is never
 * matched with the roster.
 */
function whoOf(cells: {
  readonly id: string | null;
  readonly name: string | null;
  readonly word: string | null;
  readonly department: string | null;
}): Outcome<Who | null, RejectFailure> {
  const { id } = cells;
  const { name, marked } =
    cells.name === null ? { name: null, marked: false } : splitOutsiderMark(cells.name);
  if (id === null && (name === null || name === '')) return fail(MISSING_VIEWER);
  const stated = cells.word === null ? undefined : viewerTypeOfWord(cells.word);
  if (cells.word !== null && stated === undefined) return fail({ code: 'bad_value', field: 'viewer_type' });
  const mustBeOutsider = marked || (id !== null && isOutsiderId(id));
  const assumed = id !== null || cells.department !== null ? 'staff' : 'outsider';
  const type = mustBeOutsider && (stated ?? 'staff') === 'staff' ? 'outsider' : (stated ?? assumed);
  if (type !== 'staff') {
    return succeed({ scope: 'outsiders', viewer_type: type, employee_id: null, external_id: id, name });
  }
  if (id === null) return fail(MISSING_VIEWER);
  return succeed({ scope: 'staff', viewer_type: 'staff', employee_id: id, external_id: null, name });
}

function outsiderOf(viewer: WatchEntry): Who | null {
  const id = textOf(viewer.external_userid) ?? textOf(viewer.student_userid) ?? textOf(viewer.parent_userid);
  const name = textOf(viewer.name) ?? textOf(viewer.nickname);
  if (id === null && name === null) return null;
  const type = Number(viewer.type);
  const viewerType = type === 1 ? 'wechat' : type === 2 ? 'wecom' : 'outsider';
  return {
    scope: 'outsiders',
    viewer_type: viewerType,
    employee_id: null,
    external_id: id,
    name: name === null ? null : splitOutsiderMark(name).name,
  };
}

/** An inviter known by name only stays a name: it may be nobody's id. */
function inviterOf(
  id: string | null,
  externalId: string | null,
  name: string | null,
): Pick<DraftAttendance, 'inviter_employee_id' | 'inviter_external_id' | 'inviter_name'> {
  const outsider = [externalId, id, name].find((text) => text !== null && isOutsiderId(text)) ?? externalId;
  return {
    inviter_employee_id: id !== null && !isOutsiderId(id) ? id : null,
    inviter_external_id: outsider,
    inviter_name: name !== null && !isOutsiderId(name) ? name : null,
  };
}
