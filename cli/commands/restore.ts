import { join } from 'node:path';
import { Command } from 'commander';
import { flag, type CommandDefinition, type Options } from '../command.js';
import { refuseCluster } from '../cluster-settings.js';
import type { App } from '../compose.js';
import { EXIT, Failed, UsageError } from '../exit-codes.js';
import { note, print, printJson } from '../output.js';
import type { BackupFault, RestoreFault } from '../../pipelines/index.js';

/** `wxlive restore FOLDER`: a backup into a data folder that holds nothing yet. */
export function restoreCommand(): CommandDefinition {
  const command = new Command('restore')
    .description('把备份恢复到空的数据目录 / a backup into an empty data folder')
    .argument('<backup>', '备份目录 / folder of the backup')
    .addHelpText(
      'after',
      `
先核对备份的每个字节，再写入任何内容；目标仓库必须为空。中断后重新运行同一命令即可。
Every byte of the backup is checked before anything is written; the warehouse must be empty. Interrupted, run it again.

例 / example:
  wxlive restore /mnt/backups/wxlive-backup-2026-11-12T01-00-00Z --data 新目录
  KEYPW=… wxlive keys restore 假名密钥.json --password-env KEYPW --data 新目录`,
    );
  return { command, run: runRestore };
}

async function runRestore(app: App, [folder = '']: readonly string[], options: Options): Promise<number> {
  refuseCluster(app.settings);
  const started = performance.now();
  const { readBackup, restoreBackup } = await import('../../pipelines/index.js');
  const { openWarehouse } = await import('../../sql/index.js');
  const progress = app.openProgress();
  const checked = await readBackup(folder, (done, total) => {
    progress.update(app.say('核对备份', 'checking the backup'), done, total);
  });
  progress.end();
  if (!checked.ok) throw new Failed(backupText(app, folder, checked.failure));
  const { manifest } = checked.value;
  const key = await app.knownKey();
  // Not app.warehouse(): that would refuse what an interrupted restore left, and make a schema newer than the backup's.
  const warehouse = await openWarehouse(app.warehouseSettings());
  try {
    const restored = await restoreBackup(warehouse, checked.value, {
      outbox: join(app.dataDir, 'outbox'),
      render: app.renderSettings(),
      key: key?.key ?? null,
      turns: await app.loadingTurns(warehouse),
      progress,
      step: app.say('恢复', 'restoring'),
    });
    if (!restored.ok) throw refusal(app, restored.failure);
    const seconds = Math.round(performance.now() - started) / 1000;
    const { tables, rows, resumed } = restored.value;
    const keyState = manifest.key_fingerprint === null ? 'none' : key === null ? 'missing' : 'same';
    if (flag(options, 'json')) {
      await printJson({
        folder: checked.value.folder,
        backup_id: manifest.backup_id,
        made_at: manifest.made_at,
        tables,
        rows,
        resumed,
        key: keyState,
        seconds,
      });
      return EXIT.done;
    }
    await print(
      app.say(
        `已恢复 ${manifest.made_at} 的备份：${tables} 张表，${rows} 行，${seconds} 秒，逐表核对一致\n`,
        `Restored the backup of ${manifest.made_at}: ${tables} tables, ${rows} rows, ${seconds} s, every table compared\n`,
      ),
    );
    if (resumed)
      note(
        app.say('上次中断的恢复已清除并重做。', 'What an interrupted restore had left was removed first.'),
      );
    if (keyState === 'missing') {
      note(
        app.say(
          '备份不含假名密钥：请用 wxlive keys restore 恢复密钥，或设置 WXLIVE_PSEUDONYM_KEY，然后才能继续导入。',
          'The pseudonym key is not in a backup: bring it back by wxlive keys restore or set WXLIVE_PSEUDONYM_KEY before the next import.',
        ),
      );
    }
    note(
      app.say(
        `${manifest.made_at} 之后导入的文件请重新导入（已有的行不会重复）；之后执行过的 erase 必须对同样的标识再执行一次，否则这些人会随备份回来。`,
        `Import again what was imported after ${manifest.made_at} (rows that are there are not doubled); run wxlive erase again for everybody who was erased after it, or they are back with the backup.`,
      ),
    );
    return EXIT.done;
  } finally {
    await warehouse.close();
  }
}

function backupText(app: App, folder: string, fault: BackupFault): string {
  switch (fault.code) {
    case 'no_backup':
      return app.say(
        `${folder} 不是 wxlive 备份（没有 manifest.json）：请给出 wxlive backup 打印的目录；名字以 . 开头的是中断的备份，可以删除`,
        `${folder} is no backup of wxlive (no manifest.json): give the folder that wxlive backup printed; one whose name begins with a dot was interrupted and can be deleted`,
      );
    case 'several':
      return app.say(
        `${folder} 中有多个备份，请指明一个：${fault.names.join('，')}`,
        `several backups lie in ${folder}, name one of them: ${fault.names.join(', ')}`,
      );
    case 'damaged':
      return app.say(
        `备份已损坏、不完整或混入了其他备份的文件：${fault.file}。没有写入任何内容，请换用另一份备份`,
        `the backup is damaged, cut or mixed with another: ${fault.file}. Nothing was written; use another backup`,
      );
    case 'newer':
      return app.say(
        `备份由更新版本的 wxlive 写成（${fault.what}）：请先升级 wxlive，再恢复。没有写入任何内容`,
        `a newer wxlive wrote the backup (${fault.what}): install that version first. Nothing was written`,
      );
  }
}

function refusal(app: App, fault: RestoreFault): Error {
  if (fault.code === 'other_key') {
    return new Failed(
      app.say(
        'other_key: 备份所用的假名密钥不是此数据目录的密钥。请换一个空目录，或设置备份时的密钥；没有写入任何内容',
        'other_key: the backup was made with another pseudonym key than this data folder has. Use an empty folder, or the key of the backup; nothing was written',
      ),
      EXIT.usage,
    );
  }
  return new UsageError(
    app.say(
      `目标数据仓库不是空的（${fault.table} 有 ${fault.rows} 行）：请用 --data 指定一个新目录；没有写入任何内容`,
      `the warehouse is not empty (${fault.table} holds ${fault.rows} rows): choose a new folder by --data; nothing was written`,
    ),
  );
}
