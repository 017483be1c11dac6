import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { Command } from 'commander';
import { flag, textOption, type CommandDefinition, type Options } from '../command.js';
import type { App } from '../compose.js';
import { EXIT, Failed } from '../exit-codes.js';
import { print, printJson } from '../output.js';
import { makeReport, type MadeReport } from './report.js';
import { reportLine } from './import.js';
import type { SampleFile } from '../../samples/index.js';
import type { FileReport } from '../../pipelines/index.js';

const FIRST_DAY = '2026-11-09';
const DAYS = 3;
/** Names the folder as the demo's own, which a later demo may make anew. */
const MARK = '.wxlive-demo';

/** `wxlive demo`: a made-up company of three days, from export files to encrypted reports. */
export function demoCommand(): CommandDefinition {
  const command = new Command('demo')
    .description('用一家虚构公司三天的数据走完全程 / the whole way on a made-up company')
    .option('--out <dir>', '文件与报表的目录 / folder of files and reports', 'wxlive-demo')
    .addHelpText('after', '\n例 / example:\n  wxlive demo --out /tmp/demo');
  return { command, run: (app, _args, options) => runDemo(app, options) };
}

async function runDemo(app: App, options: Options): Promise<number> {
  const { addDays } = await import('../../schemas/index.js');
  const started = performance.now();
  const json = flag(options, 'json');
  const tell = async (zh: string, en: string): Promise<void> => {
    if (json) process.stderr.write(`${app.say(zh, en)}\n`);
    else await print(`${app.say(zh, en)}\n`);
  };
  const out = resolve(textOption(options, 'out') ?? 'wxlive-demo');
  const exports = join(out, 'exports');
  mkdirSync(out, { recursive: true });
  await tell('\n① 生成三个平台的导出文件…', '\n① Making the export files of three platforms…');
  const { generateSamples } = await import('../../samples/index.js');
  if (existsSync(exports) && existsSync(join(exports, MARK))) rmSync(exports, { recursive: true });
  else if (existsSync(exports)) {
    throw new Failed(
      app.say(
        `${exports} 已存在且不是演示所建，请换一个 --out`,
        `${exports} is there and not the demo's: choose another --out`,
      ),
    );
  }
  const samples = await generateSamples({ outDir: exports, firstDay: FIRST_DAY });
  writeFileSync(join(exports, MARK), '');
  await tell(
    `   ${samples.files.length} 个文件，在 ${exports}`,
    `   ${samples.files.length} files in ${exports}`,
  );
  await tell('\n② 导入…', '\n② Importing…');
  const imported = await importSamples(app, samples.files, json);
  const { printAnalysis } = await import('./analyse.js');
  const from = FIRST_DAY;
  const to = addDays(FIRST_DAY, DAYS - 1);
  // The last day is provisional until something after it arrives; a complete one is the better first impression.
  const briefDay = addDays(FIRST_DAY, DAYS - 2);
  if (!json) {
    await tell('\n③ 漏斗：进入 → 点击商品 → 支付', '\n③ Funnel: enter → click → pay');
    await printAnalysis(
      app,
      'funnel',
      {
        from,
        to,
        steps: [
          { name: app.say('进入直播间', 'entered'), event: 'live_enter' },
          { name: app.say('点击商品', 'clicked goods'), event: 'goods_click' },
          { name: app.say('支付', 'paid'), event: 'order_pay' },
        ],
        window_seconds: 7200,
      },
      1,
    );
    await tell('④ 渠道归因：同一笔成交在各模型下归给谁', '④ Attribution: which model credits whom');
    await printAnalysis(
      app,
      'attribution',
      {
        from,
        to,
        conversion: { event: 'order_pay', value: 'amount_fen' },
        channel: 'channel',
        models: ['first', 'last', 'last_non_direct', 'linear', 'position', 'time_decay'],
      },
      1,
    );
  }
  await tell('⑤ 直播日报（加密的 Excel 与 PDF）…', '⑤ The daily live brief (encrypted Excel and PDF)…');
  const { generatePassword } = await import('../../reports/index.js');
  const password = generatePassword();
  const made = await makeReport(app, {
    name: 'daily-live-brief',
    from: briefDay,
    to: briefDay,
    formats: null,
    out: join(out, 'reports'),
    recipient: app.say('演示', 'demo'),
    password,
  });
  const seconds = Math.round((performance.now() - started) / 100) / 10;
  if (json)
    await printJson({
      imported,
      reports: made.files.map(({ path, format }) => ({ path, format })),
      password,
      seconds,
    });
  else await print(closing(app, made, password, seconds));
  return EXIT.done;
}

async function importSamples(
  app: App,
  files: readonly SampleFile[],
  json: boolean,
): Promise<readonly FileReport[]> {
  const { isUnusable, runImport } = await import('../../pipelines/index.js');
  const progress = app.openProgress();
  const tools = await app.importTools(progress);
  const reports: FileReport[] = [];
  for (const file of files) {
    const report = await runImport(
      file.path,
      {
        adapter: null,
        room: file.room,
        account: null,
        passwords: file.password === null ? [] : [file.password],
        wallClockZone: null,
        amountUnit: null,
        exportedAt: null,
        scope: null,
        acceptShrink: false,
        dryRun: false,
        aliases: [],
        eventMap: {},
        language: app.language,
      },
      tools,
    );
    progress.end();
    reports.push(report);
    if (!json) await print(`${shortLine(app, report)}\n`);
    if (isUnusable(report)) throw new Failed(reportLine(app, report));
  }
  await app.releaseBus();
  return reports;
}

/** One file on one line of 80 columns. */
function shortLine(app: App, report: FileReport): string {
  if ('error' in report) return reportLine(app, report);
  const name = report.file.split('/').at(-1) ?? '';
  const extra = [
    report.duplicates > 0 ? app.say(`重复 ${report.duplicates}`, `${report.duplicates} duplicates`) : '',
    report.rejected > 0 ? app.say(`拒绝 ${report.rejected}`, `${report.rejected} rejected`) : '',
  ].filter(Boolean);
  return `   ✓ ${report.adapter.padEnd(17)} ${String(report.accepted).padStart(6)}  ${name}${
    extra.length === 0 ? '' : `（${extra.join('，')}）`
  }`;
}

function closing(app: App, made: MadeReport, password: string, seconds: number): string {
  const data = app.settings.data_dir === '.wxlive' ? '' : ` --data ${app.settings.data_dir}`;
  const files = made.files.map(({ path, bytes }) => `   ${path}  ${Math.ceil(bytes / 1024)} KB`).join('\n');
  return app.say(
    `${files}
   密码 ${password}

用时 ${seconds.toFixed(1)} 秒。接下来可以试：
   npx wxlive sql "SELECT * FROM wxlive.live_daily ORDER BY gmv_fen DESC"${data}
   npx wxlive rejects list${data}        被拒绝的行及原因
   npx wxlive dictionary${data}          数据字典
   npx wxlive connect${data}             用 DBeaver、Grafana 等连接
   npx wxlive import 你的文件${data}
`,
    `${files}
   password ${password}

Done in ${seconds.toFixed(1)} s. Try next:
   npx wxlive sql "SELECT * FROM wxlive.live_daily ORDER BY gmv_fen DESC"${data}
   npx wxlive rejects list${data}        rows that were refused, and why
   npx wxlive dictionary${data}          the data dictionary
   npx wxlive connect${data}             for DBeaver, Grafana and the like
   npx wxlive import YOUR-FILE${data}
`,
  );
}
