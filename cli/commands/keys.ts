import { existsSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { Command } from 'commander';
import { flag, textOption, type CommandDefinition, type Options } from '../command.js';
import type { App } from '../compose.js';
import { EXIT, Failed, UsageError } from '../exit-codes.js';
import { KEY_FILE } from '../key-file.js';
import { print, printJson } from '../output.js';

/** `wxlive keys check|backup|restore`: the key that pseudonyms are made with. It is never printed. */
export function keysCommand(): CommandDefinition {
  const command = new Command('keys')
    .description('假名密钥：检查、加密备份、恢复 / the pseudonym key: check, encrypted backup, restore')
    .argument('<action>', 'check | backup | restore')
    .argument('[file]', '备份文件 / backup file')
    .option(
      '--password-env <name>',
      '存放备份密码的环境变量名 / variable that holds the password of the backup',
    )
    .option('--out <file>', 'restore：密钥写到此文件 / where restore writes the key')
    .addHelpText(
      'after',
      '\n例 / example:\n  wxlive keys check\n  KEYPW=… wxlive keys backup 假名密钥.json --password-env KEYPW\n  KEYPW=… wxlive keys restore 假名密钥.json --password-env KEYPW',
    );
  return {
    command,
    run(app, [action, file], options) {
      if (action === 'check') return check(app, options);
      if (action === 'backup' && file !== undefined) return backup(app, file, options);
      if (action === 'restore' && file !== undefined) return restore(app, file, options);
      throw new UsageError(
        app.say(
          '用法：wxlive keys check，wxlive keys backup 文件，wxlive keys restore 文件',
          'usage: wxlive keys check, wxlive keys backup FILE, wxlive keys restore FILE',
        ),
      );
    },
  };
}

async function check(app: App, options: Options): Promise<number> {
  const { readLedger } = await import('../../sql/index.js');
  const ledger = await readLedger(await app.warehouse());
  const key = await app.knownKey();
  const remembered = ledger.get('key_fingerprint') ?? null;
  const backedUp = ledger.get('key_backup') ?? null;
  const fingerprint = key?.key.fingerprint() ?? null;
  const agrees = key === null || remembered === null ? null : key.key.matches(remembered);
  const isMissing = key === null && remembered !== null;
  const state = {
    source: key?.source ?? null,
    fingerprint,
    warehouse: isMissing ? 'key_missing' : agrees === null ? 'none' : agrees ? 'same' : 'other_key',
    backup_made_at: backedUp,
  };
  if (flag(options, 'json')) await printJson(state);
  else {
    const sources = {
      environment: app.say('环境变量 WXLIVE_PSEUDONYM_KEY', 'the environment, WXLIVE_PSEUDONYM_KEY'),
      file: app.say(
        '环境变量 WXLIVE_PSEUDONYM_KEY_FILE 指定的文件',
        'the file that WXLIVE_PSEUDONYM_KEY_FILE names',
      ),
      data_folder: join(app.dataDir, KEY_FILE),
    };
    const agreement = isMissing
      ? app.say(
          '建库时的密钥不在：用 wxlive keys restore 恢复备份，或设置 WXLIVE_PSEUDONYM_KEY',
          'the key it was made with is gone: bring it back with wxlive keys restore, or set WXLIVE_PSEUDONYM_KEY',
        )
      : agrees === null
        ? app.say('仓库尚未记住任何密钥', 'the warehouse remembers no key yet')
        : agrees
          ? app.say('与仓库一致', 'the warehouse was made with this key')
          : app.say(
              '与仓库的密钥不同：请换回建库时的密钥',
              'not the key of the warehouse: use the one it was made with',
            );
    const made =
      backedUp === null
        ? app.say('没有备份：运行 wxlive keys backup 文件', 'no backup was made: wxlive keys backup FILE')
        : app.say(`已于 ${backedUp} 备份`, `a backup was made at ${backedUp}`);
    await print(
      [
        key === null
          ? isMissing
            ? app.say('没有密钥', 'no key')
            : app.say('没有密钥：首次导入时生成', 'no key: the first import makes one')
          : `${app.say('来源', 'source')}  ${sources[key.source]}\n${app.say('指纹', 'fingerprint')}  ${String(fingerprint).slice(0, 16)}…`,
        `${app.say('仓库', 'warehouse')}  ${agreement}`,
        `${app.say('备份', 'backup')}  ${made}`,
        '',
      ].join('\n'),
    );
  }
  return agrees === false || isMissing ? EXIT.usage : EXIT.done;
}

async function backup(app: App, file: string, options: Options): Promise<number> {
  const { sealKeyBackup } = await import('../../pipelines/index.js');
  const { checkPassword, passwordReasonText } = await import('../../reports/index.js');
  const { writeLedger } = await import('../../sql/index.js');
  const allowed = checkPassword(passwordOf(app, options), ['xlsx']);
  if (!allowed.ok) {
    const reason = passwordReasonText(allowed.failure.reason, app.language);
    throw new UsageError(
      app.say(`备份密码不可用：${reason}`, `the password of the backup is refused: ${reason}`),
    );
  }
  const { key } = await app.privacy();
  const path = resolve(file);
  const madeAt = new Date();
  writeNew(app, path, await sealKeyBackup(key, allowed.value, madeAt));
  await writeLedger(await app.warehouse(), 'key_backup', madeAt.toISOString());
  if (flag(options, 'json')) {
    await printJson({ file: path, fingerprint: key.fingerprint(), made_at: madeAt.toISOString() });
  } else {
    await print(
      app.say(
        `已写入 ${path}（加密，权限 0600）。请把它与密码分开、保存在数据目录之外。\n`,
        `Wrote ${path} (encrypted, mode 0600). Keep it outside of the data folder, and its password elsewhere.\n`,
      ),
    );
  }
  return EXIT.done;
}

async function restore(app: App, file: string, options: Options): Promise<number> {
  const { openKeyBackup } = await import('../../pipelines/index.js');
  const { readLedger } = await import('../../sql/index.js');
  const opened = await openKeyBackup(readBackup(app, file), passwordOf(app, options) ?? '');
  if (!opened.ok) {
    throw new Failed(
      opened.failure === 'no_key_backup'
        ? app.say(`${file} 不是密钥备份`, `${file} is no backup of a key`)
        : app.say('密码错误，或备份文件已损坏', 'the password is wrong, or the backup is damaged'),
    );
  }
  const key = opened.value;
  const remembered = (await readLedger(await app.warehouse())).get('key_fingerprint');
  if (remembered !== undefined && !key.matches(remembered)) {
    throw new Failed(
      app.say(
        'other_key: 备份中的密钥不是此仓库的密钥，没有写入任何内容',
        'other_key: the key in the backup is not the key of this warehouse; nothing was written',
      ),
      EXIT.usage,
    );
  }
  const path = resolve(textOption(options, 'out') ?? join(app.dataDir, KEY_FILE));
  writeNew(app, path, `${key.bytes().toString('base64')}\n`);
  if (flag(options, 'json')) await printJson({ file: path, fingerprint: key.fingerprint() });
  else {
    await print(app.say(`密钥已恢复到 ${path}（权限 0600）\n`, `The key is back at ${path} (mode 0600).\n`));
  }
  return EXIT.done;
}

function passwordOf(app: App, options: Options): string | undefined {
  const name = textOption(options, 'passwordEnv');
  if (name === undefined) {
    throw new UsageError(
      app.say(
        '请用 --password-env 变量名 给出备份密码所在的环境变量',
        'name the variable that holds the password of the backup: --password-env NAME',
      ),
    );
  }
  return app.environment[name];
}

function readBackup(app: App, file: string): string {
  if (!existsSync(file) || !statSync(file).isFile()) {
    throw new UsageError(app.say(`找不到备份文件 ${file}`, `there is no file ${file}`));
  }
  return readFileSync(file, 'utf8');
}

/** Never over a file that is there: it could be the only copy of another key. */
function writeNew(app: App, path: string, text: string): void {
  try {
    writeFileSync(path, text, { mode: 0o600, flag: 'wx', flush: true });
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') {
      throw new UsageError(
        app.say(
          `${path} 已存在，不会被覆盖：请换一个文件名`,
          `${path} is there already and is not overwritten: choose another name`,
        ),
      );
    }
    rmSync(path, { force: true });
    throw error;
  }
}
