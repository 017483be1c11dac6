import { fail, succeed, type FileFailure, type Outcome } from '../../schemas/index.js';
import type { Source, SourceContext } from '../source.js';
import { FieldReader, textOf } from './export-cell.js';
import { pastTime } from './platform-time.js';
import { splitOutsiderMark } from './wecom-watch/viewer-type.js';

/**
 * The sign-in workbook: a sheet a round, in sheet order. Above the list stand when the round was called and how
 * many signed; the list has names only, so it is joined with the attendance by name, never guessed.
 */
export const wecomSignInSource: Source = {
  name: 'wecom-signin',
  loads: 'whole',
  table: {
    columns: [
      { name: 'name', aliases: ['已签到成员', '签到成员'] },
      { name: 'department', aliases: ['所在部门', '部门', '部门名称'] },
    ],
    required: [['name']],
    open: null,
    everyTable: true,
  },
  recognize: () => 0,
  records: null,
  normalize(row, context) {
    if (row.from === 'json') return fail({ code: 'not_json' });
    const stated = textOf(row.cells['name']);
    if (stated === null) return succeed([]);
    const { name, marked } = splitOutsiderMark(stated);
    const reader = new FieldReader();
    const { startedAt } = signInSummary(context.titles);
    const started = reader.take(pastTime(startedAt, context.receivedAt, 'started_at'));
    if (reader.failure !== null) return fail(reader.failure);
    return succeed([
      {
        kind: 'sign_in',
        account: null,
        live_id: null,
        round: context.tableIndex + 1,
        started_at: started,
        name,
        outsider: marked,
        department: textOf(row.cells['department']),
      },
    ]);
  },
  checkTable: checkSignInCount,
};

/**
 * The sheet states how many signed in; a list with fewer rows was cut. More rows than stated are kept: someone
 * signed while it was exported.
 */
export function checkSignInCount(
  context: Pick<SourceContext, 'table' | 'titles'>,
  rows: number,
): Outcome<null, FileFailure> {
  const { signed } = signInSummary(context.titles);
  if (signed === null || rows >= signed) return succeed(null);
  return fail({ code: 'incomplete', detail: `${context.table}: ${rows} / ${signed}` });
}

/** `2026.9.9 10:20` and `12` of the lines above the list, whichever way their cells were joined. */
export function signInSummary(titles: readonly string[]): {
  readonly startedAt: string | null;
  readonly signed: number | null;
} {
  const text = titles.join('\n');
  const found =
    /(\d{4}\s*[-/.年]\s*\d{1,2}\s*[-/.月]\s*\d{1,2}日?\s+\d{1,2}[:：]\d{2}(?:[:：]\d{2})?)(?:[^\S\n]|\n|[,，|])*(\d{1,7})?(?!\d)/u.exec(
      text,
    );
  return {
    startedAt: found?.[1] ?? null,
    signed: found?.[2] === undefined ? null : Number(found[2]),
  };
}
