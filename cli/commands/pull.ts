import { Argument, Command } from 'commander';
import { collect, flag, listOption, type CommandDefinition, type Options } from '../command.js';
import type { App } from '../compose.js';
import { EXIT, UsageError } from '../exit-codes.js';
import { note, print, printJson } from '../output.js';
import { readTimeBounds } from '../time-bounds.js';
import type { PullReport, PullSourceName, PullTarget } from '../../pipelines/index.js';
import { reportLine } from './import.js';

const SOURCES: readonly PullSourceName[] = ['wecom', 'rooms', 'css'];

/** `wxlive pull wecom|rooms|css` */
export function pullCommand(): CommandDefinition {
  const command = new Command('pull')
    .description('从平台接口拉取 / pull from the APIs of the platforms')
    .addArgument(
      new Argument('<source>', '企微直播与观看明细、小程序直播间、云直播分钟数据 / what to pull').choices(
        SOURCES,
      ),
    )
    .option(
      '--from <instant>',
      '只拉此后开始的直播或日期，含已拉过的 / lives or days from here on, again too',
    )
    .option('--to <instant>', '只拉此前的，不含 / before this, exclusive')
    .option('--live <id>', '只拉这场企微直播，可重复 / this WeCom live alone, repeatable', collect, [])
    .option('--accept-shrink', '接受明显变短的名单 / accept a list that is much shorter')
    .option('--dry-run', '只拉取并检查，不入库 / pull and check only, store nothing')
    .addHelpText(
      'after',
      '\n例 / example:\n' +
        '  WXLIVE_WECOM_CORP_ID=ww… WXLIVE_WECOM_SECRET_FILE=wecom.secret wxlive pull wecom\n' +
        '  wxlive pull css --from 2026-11-01 --to 2026-11-08\n' +
        '\n凭据 / credentials: wecom_corp_id + WXLIVE_WECOM_SECRET · miniprogram_app_id + WXLIVE_MINIPROGRAM_SECRET\n' +
        '  · WXLIVE_CSS_SECRET_ID + WXLIVE_CSS_SECRET_KEY (…_FILE)',
    );
  return { command, run: runPullCommand };
}

async function runPullCommand(app: App, args: readonly string[], options: Options): Promise<number> {
  const source = SOURCES.find((one) => one === args[0]);
  if (source === undefined) throw new UsageError(`pull ${SOURCES.join('|')}`);
  const lives = listOption(options, 'live');
  if (lives.length > 0 && source !== 'wecom') {
    throw new UsageError(app.say('--live 只用于 pull wecom', '--live belongs to pull wecom'));
  }
  const bounds = await readTimeBounds(app, options);
  if (source === 'rooms' && (bounds.from !== null || bounds.to !== null)) {
    throw new UsageError(
      app.say(
        'pull rooms 总是拉取全部直播间，没有 --from、--to',
        'pull rooms takes all rooms: no --from, --to',
      ),
    );
  }
  const target = await requireTarget(app, source);
  const { runPull, takePullLock } = await import('../../pipelines/index.js');
  const { pullManner } = await import('../pull-targets.js');
  const stopping = new AbortController();
  const progress = app.openProgress();
  const tools = await app.importTools(progress);
  const lock = await takePullLock(app.dataDir, stopping.signal, () => {
    note(app.say('等待另一个拉取完成…', 'waiting for another pull…'));
  });
  try {
    const asJson = flag(options, 'json');
    const dryRun = flag(options, 'dryRun');
    const report = await runPull(
      target,
      {
        ...bounds,
        lives,
        dryRun,
        acceptShrink: flag(options, 'acceptShrink'),
        language: app.language,
        ...(asJson ? {} : { onFile: async (file) => print(`${reportLine(app, file)}\n`) }),
      },
      await pullManner(app, stopping.signal),
      tools,
      app.dataDir,
    );
    if (asJson) await printJson(report);
    else await print(summary(app, report));
    return exitCode(report);
  } finally {
    lock.release();
  }
}

async function requireTarget(app: App, source: PullSourceName): Promise<PullTarget> {
  const { findTarget } = await import('../pull-targets.js');
  const { target, missing } = findTarget(app, source);
  if (target !== null) return target;
  const names = missing.join(app.say('、', ', '));
  throw new UsageError(
    app.say(
      `pull ${source} 还需要设置：${names}（密钥放在环境变量里，或用 …_FILE 指向文件；其余在 wxlive.config.yaml 或 WXLIVE_…）`,
      `pull ${source} needs: ${names} (secrets in the environment or a file named by …_FILE, settings in wxlive.config.yaml or WXLIVE_…)`,
    ),
  );
}

function summary(app: App, report: PullReport): string {
  const { pulled, skipped, requests, retries, failures, seconds } = report;
  const lines = failures.map(
    ({ unit, code, message, fix }) => `✗ ${unit}\n    ${code}: ${message}\n    → ${fix}\n`,
  );
  const time = seconds.toFixed(1);
  return `${lines.join('')}${app.say(
    `拉取 ${pulled} 项，跳过 ${skipped} 项，失败 ${failures.length} 项；请求 ${requests} 次，其中重试 ${retries} 次（${time} 秒）`,
    `${pulled} pulled, ${skipped} skipped, ${failures.length} failed; ${requests} requests, ${retries} of them again (${time} s)`,
  )}\n`;
}

function exitCode({ files, failures }: PullReport): number {
  if (failures.length > 0 || files.some((file) => 'error' in file)) return EXIT.failed;
  const unfinished = files.some((file) => !('error' in file) && (file.rejected > 0 || file.state === 'held'));
  return unfinished ? EXIT.someRejected : EXIT.done;
}
