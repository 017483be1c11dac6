import { join, resolve } from 'node:path';
import { Command } from 'commander';
import { flag, textOption, type CommandDefinition, type Options } from '../command.js';
import { refuseCluster } from '../cluster-settings.js';
import type { App } from '../compose.js';
import { EXIT } from '../exit-codes.js';
import { note, print, printJson } from '../output.js';
import { systemUser } from '../table-output.js';

/** `wxlive backup`: the whole warehouse as one dated folder. */
export function backupCommand(): CommandDefinition {
  const command = new Command('backup')
    .description('把整个数据仓库备份为一个带日期的目录 / the whole warehouse as one dated folder')
    .argument('[folder]', '在此目录下新建备份，默认当前目录 / where the dated folder is made')
    .option('--out <folder>', '同上 / the same')
    .addHelpText(
      'after',
      `
备份不含假名密钥：密钥另用 wxlive keys backup 备份，与备份分开存放。导入可以照常进行。
The pseudonym key is not in it: back it up by wxlive keys backup and keep it elsewhere. Imports may go on meanwhile.

例 / example:
  wxlive backup /mnt/backups
  wxlive restore /mnt/backups/wxlive-backup-2026-11-12T01-00-00Z --data 新目录`,
    );
  return { command, run: runBackup };
}

async function runBackup(app: App, [folder]: readonly string[], options: Options): Promise<number> {
  refuseCluster(app.settings);
  const started = performance.now();
  const parent = resolve(textOption(options, 'out') ?? folder ?? '.');
  const { writeBackup } = await import('../../pipelines/index.js');
  const { readLedger, writeLedger } = await import('../../sql/index.js');
  const { recordAccess } = await import('../../reports/index.js');
  const warehouse = await app.warehouse();
  const turns = await app.loadingTurns(warehouse);
  const backup = await writeBackup(warehouse, {
    parent,
    outbox: join(app.dataDir, 'outbox'),
    reportZone: app.settings.report_time_zone,
    turn: await turns.take(),
    progress: app.openProgress(),
    steps: { writing: app.say('写出', 'writing'), checking: app.say('读回核对', 'reading back') },
  });
  const { manifest } = backup;
  const rows = manifest.tables.reduce((sum, table) => sum + table.rows, 0);
  await recordAccess(warehouse, [
    { who: systemUser(), action: 'backup', what: 'backup', rows, detail: manifest.backup_id },
  ]);
  await writeLedger(warehouse, 'backup', manifest.made_at);
  const seconds = Math.round(performance.now() - started) / 1000;
  const keyBackup = (await readLedger(warehouse)).get('key_backup') ?? null;
  if (flag(options, 'json')) {
    await printJson({
      folder: backup.folder,
      backup_id: manifest.backup_id,
      made_at: manifest.made_at,
      bytes: backup.bytes,
      rows,
      tables: manifest.tables.map(({ table, rows: count }) => ({ table, rows: count })),
      key_fingerprint: manifest.key_fingerprint,
      key_backup_made_at: keyBackup,
      seconds,
    });
    return EXIT.done;
  }
  const megabytes = (backup.bytes / 1e6).toFixed(1);
  await print(
    app.say(
      `备份完成：${backup.folder}\n  ${rows} 行，${megabytes} MB，${seconds} 秒，已读回核对\n`,
      `Backed up to ${backup.folder}\n  ${rows} rows, ${megabytes} MB, ${seconds} s, read back and compared\n`,
    ),
  );
  if (manifest.key_fingerprint !== null) note(aboutKey(app, keyBackup));
  return EXIT.done;
}

function aboutKey(app: App, keyBackup: string | null): string {
  return keyBackup === null
    ? app.say(
        '备份不含假名密钥，而密钥还没有备份：请运行 wxlive keys backup，并与此备份分开存放。没有密钥，恢复后的数据无法继续导入。',
        'The pseudonym key is not in it and has no backup yet: run wxlive keys backup and keep that elsewhere. Without the key nothing can be imported after a restore.',
      )
    : app.say(
        `备份不含假名密钥（密钥已于 ${keyBackup} 另行备份，请与此备份分开存放）。`,
        `The pseudonym key is not in it (it was backed up at ${keyBackup}; keep that elsewhere).`,
      );
}
