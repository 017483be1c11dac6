import { Command } from 'commander';
import { flag, type CommandDefinition } from '../command.js';
import type { App } from '../compose.js';
import { EXIT, UsageError } from '../exit-codes.js';
import { print, printJson } from '../output.js';
import { readStandardInput } from '../standard-input.js';
import type { Erasure } from '../../pipelines/index.js';

/** `wxlive erase -`: removes people by ids read from standard input, one a line; ids are never arguments. */
export function eraseCommand(): CommandDefinition {
  const command = new Command('erase')
    .description('删除一个人的全部数据，并给出证明 / remove a person everywhere, with a certificate')
    .argument('<from>', '- （从标准输入读取标识，每行一个 / ids from standard input, one a line）')
    .addHelpText('after', '\n例 / example:\n  wxlive erase - < ids.txt');
  return {
    command,
    async run(app, args, options) {
      const ids = args[0] === '-' ? idsOf(await readStandardInput()) : [];
      if (ids.length === 0) {
        throw new UsageError(
          app.say(
            '用法：wxlive erase -（openid、unionid 或 user_id 从标准输入读取，每行一个）',
            'usage: wxlive erase - (openid, unionid or user_id from standard input, one a line)',
          ),
        );
      }
      const erasures = await erase(app, ids);
      if (flag(options, 'json')) {
        await printJson({
          erasures: erasures.map(({ began_at, ended_at, ...rest }) => ({
            ...rest,
            began_at: new Date(began_at).toISOString(),
            ended_at: new Date(ended_at).toISOString(),
            bytes_gone: bytesGone(app, rest.removed),
            not_reached: notReached(app),
          })),
        });
      } else for (const erasure of erasures) await print(certificate(app, erasure));
      return EXIT.done;
    },
  };
}

async function erase(app: App, ids: readonly string[]): Promise<readonly Erasure[]> {
  const { pseudonymizer, seal } = await app.privacy();
  const { erasePerson } = await import('../../pipelines/index.js');
  const { recordAccess } = await import('../../reports/index.js');
  const { userInfo } = await import('node:os');
  const warehouse = await app.warehouse();
  const turns = await app.loadingTurns(warehouse);
  const turn = await turns.take();
  const erasures: Erasure[] = [];
  try {
    for (const id of ids) {
      const [first, ...others] = pseudonymizer.customersOfId(id);
      if (first === undefined) continue;
      const erasure = await erasePerson(turn.warehouse, [first, ...others], {
        seal,
        pseudonymizer,
        rawId: id,
      });
      erasures.push(erasure);
      const rows = Object.values(erasure.removed).reduce((sum, count) => sum + count, 0);
      await recordAccess(warehouse, [
        {
          who: userInfo().username,
          action: 'erase',
          what: `erasure ${String(erasure.erasure_seq)}`,
          rows,
          detail: `tombstone ${erasure.tombstone.slice(0, 16)}`,
        },
      ]);
    }
  } finally {
    await turn.release();
  }
  return erasures;
}

function idsOf(text: string): readonly string[] {
  const lines = text.split(/\r?\n/).map((line) => line.trim());
  return [...new Set(lines.filter((line) => line !== ''))];
}

function certificate(app: App, erasure: Erasure): string {
  const lines = [
    app.say('删除证明', 'Certificate of erasure'),
    `  ${app.say('编号', 'number')}      ${String(erasure.erasure_seq)}`,
    `  ${app.say('墓碑', 'tombstone')}      ${erasure.tombstone}`,
    `  ${app.say('时间', 'time')}      ${new Date(erasure.began_at).toISOString()} – ${new Date(erasure.ended_at).toISOString()}`,
  ];
  if (erasure.state === 'nothing_stored') {
    lines.push(
      app.say(
        '  仓库中没有此人的数据；此后导入更早的记录也不会把此人带回。',
        '  Nothing of this person was stored; older records will not bring them in.',
      ),
    );
  }
  const counts = (title: string, rows: Readonly<Record<string, number>>): void => {
    for (const [table, count] of Object.entries(rows)) lines.push(`  ${title}  ${table}  ${String(count)}`);
  };
  counts(app.say('已删除（行）', 'removed (rows)'), erasure.removed);
  counts(app.say('已抹去提及（行）', 'no longer named in (rows)'), erasure.blanked);
  lines.push(`  ${bytesGone(app, erasure.removed)}`, app.say('  无法触及：', '  Cannot be reached:'));
  return [...lines, ...notReached(app).map((line) => `  - ${line}`), ''].join('\n') + '\n';
}

/** When nothing is left on the disk either. */
function bytesGone(app: App, removed: Readonly<Record<string, number>>): string {
  if (Object.keys(removed).length === 0) return app.say('磁盘上无需清除。', 'Nothing to clear on the disk.');
  return app.say(
    '自此刻起任何查询都读不到；引擎在后台重写数据块，重写后 8 分钟旧文件从磁盘删除（引擎需在运行）。',
    'No query can read it from now on; the engine rewrites the parts in the background and deletes the old files 8 minutes after that, while it runs.',
  );
}

function notReached(app: App): readonly string[] {
  return [
    app.say(
      '从未与所给标识关联过的匿名设备标识，以及只有姓名、没有标识的观看或签到记录',
      'anonymous device ids that were never linked to the id given, and watch or sign-in rows that carry a name only',
    ),
    app.say(
      '已发出的报表、已导出的文件、备份，以及原始导出文件',
      'reports that were sent, files that were exported, backups, and the source files',
    ),
    app.say(
      'Kafka 中尚未过期的消息（再次读取时会被丢弃），以及自有 ClickHouse 的查询日志',
      'messages that Kafka still keeps (dropped when read again), and the query log of a ClickHouse of your own',
    ),
    app.say('员工花名册：员工号是公司标识', 'the roster of employees: staff ids are the company’s own'),
  ];
}
