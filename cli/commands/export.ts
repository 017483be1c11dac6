import { Command } from 'commander';
import { flag, textOption, type CommandDefinition, type Options } from '../command.js';
import type { App } from '../compose.js';
import { EXIT, UsageError } from '../exit-codes.js';
import { note, printJson } from '../output.js';
import type { Condition } from '../../schemas/index.js';
import { addTableOptions, readTableTarget, systemUser, targetText, writeTarget } from '../table-output.js';

/** `wxlive export events --out events.parquet`: a public view as a file. */
export function exportCommand(): CommandDefinition {
  const command = new Command('export')
    .description('导出公开视图 / a public view as CSV, Arrow, Parquet or XLSX')
    .argument('<view>', '视图名，见 wxlive dictionary / name of a view')
    .option('--from <day>', '起（含），日期或带时区的时间 / from, in it')
    .option('--to <day>', '止，日期含当天 / to; a day is in it')
    .option('--where <json>', '条件，同分析规格的 where / conditions, as in the specs of analyses');
  addTableOptions(command);
  command.addHelpText(
    'after',
    `
CSV 中可能成为公式的文本前加 '，文件带 BOM；每次导出记入 access_log。
Texts of a CSV that could be formulas get a ' before them; every export is in access_log.

例 / example:
  wxlive export live_daily --out live_daily.xlsx
  wxlive export events --from 2026-11-11 --to 2026-11-11 --where '[{"field":"event","op":"eq","value":"order_pay"}]' --out paid.parquet`,
  );
  return { command, run: runExport };
}

async function runExport(app: App, [view = '']: readonly string[], options: Options): Promise<number> {
  const target = (await readTableTarget(app, options)) ?? { format: 'csv' as const, path: null };
  const { format, path } = target;
  if (format === 'json') {
    throw new UsageError(
      app.say(
        'export 写 csv、arrow、parquet、xlsx；JSON 请用 wxlive sql --format JSON',
        'export writes csv, arrow, parquet, xlsx; for JSON use wxlive sql --format JSON',
      ),
    );
  }
  if (flag(options, 'json') && path === null) {
    throw new UsageError(app.say('--json 需要 --out', '--json needs --out'));
  }
  const where = await readConditions(app, textOption(options, 'where'));
  const { openViewExport, recordAccess } = await import('../../reports/index.js');
  const warehouse = await app.warehouse();
  const opened = await openViewExport(
    warehouse,
    {
      view: view.replace(/^wxlive\./, ''),
      from: textOption(options, 'from') ?? null,
      to: textOption(options, 'to') ?? null,
      where,
    },
    format,
    {
      timeZone: app.settings.report_time_zone,
      language: app.language,
      byteOrderMark: path !== null,
    },
  );
  if (!opened.ok) {
    const { code, message, zh } = opened.failure;
    throw new UsageError(`${code}: ${app.say(zh, message)}`);
  }
  const { rows } = opened.value;
  const period = [textOption(options, 'from'), textOption(options, 'to')].map((day) => day ?? '').join('..');
  await recordAccess(warehouse, [
    {
      who: systemUser(),
      action: 'export',
      what: view.replace(/^wxlive\./, ''),
      rows,
      detail: `${targetText(format, path)}${period === '..' ? '' : ` ${period}`}`,
    },
  ]);
  const progress = app.openProgress();
  let bytes: number;
  try {
    const step = `${view} → ${format}`;
    bytes = await writeTarget(
      app,
      path,
      watched(opened.value.bytes(), (sent) => {
        progress.update(`${step}  ${(sent / 1e6).toFixed(1)} MB`, 0, 0);
      }),
    );
  } finally {
    progress.end();
  }
  if (flag(options, 'json')) await printJson({ view, format, rows, path, bytes });
  else if (path !== null) note(app.say(`${rows} 行 → ${path}`, `${rows} rows → ${path}`));
  return EXIT.done;
}

async function readConditions(app: App, text: string | undefined): Promise<readonly Condition[]> {
  const { whereSchema, parseSpec } = await import('../../schemas/index.js');
  let given: unknown;
  try {
    given = JSON.parse(text ?? '[]');
  } catch {
    throw new UsageError(app.say('--where 不是 JSON', '--where is not JSON'));
  }
  const parsed = parseSpec(whereSchema, given);
  if (parsed.ok) return parsed.value;
  const { code, message, zh } = parsed.failure;
  throw new UsageError(`--where ${code}: ${app.say(zh, message)}`);
}

async function* watched(
  content: AsyncIterable<Uint8Array>,
  onBytes: (sent: number) => void,
): AsyncGenerator<Uint8Array> {
  let sent = 0;
  for await (const piece of content) {
    sent += piece.byteLength;
    onBytes(sent);
    yield piece;
  }
}
