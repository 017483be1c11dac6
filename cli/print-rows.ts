import { flag, type Options } from './command.js';
import type { App } from './compose.js';
import { print, printJson } from './output.js';
import type { AnyRow } from './rows.js';

/** Prints rows as a table of at most 80 columns, or one JSON document `{"<name>": rows}`. */
export async function printRows(
  app: App,
  options: Options,
  name: string,
  rows: readonly AnyRow[],
  columns: readonly { readonly key: string; readonly label: string; readonly numeric?: boolean }[],
): Promise<void> {
  if (flag(options, 'json')) {
    await printJson({ [name]: rows });
    return;
  }
  const { renderTable } = await import('../reports/index.js');
  await print(
    `${renderTable(
      {
        title: '',
        columns: columns.map(({ key, label, numeric }) => ({
          key,
          label,
          kind: numeric === true ? 'integer' : 'text',
        })),
        rows: rows.map((row) =>
          columns.map(({ key, numeric }) => {
            const value = row[key] ?? null;
            if (value === null) return null;
            return numeric === true ? Number(value) : String(value);
          }),
        ),
        emptyNote: app.say('没有数据', 'nothing there'),
      },
      { language: app.language, timeZone: app.settings.report_time_zone },
    )}\n`,
  );
}
