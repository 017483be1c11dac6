import { accessSync, constants, existsSync, mkdirSync, statfsSync, statSync } from 'node:fs';
import { totalmem } from 'node:os';
import { join } from 'node:path';
import { Command } from 'commander';
import { flag, type CommandDefinition } from '../command.js';
import type { BrokerTrouble, TopicFault } from '../../pipelines/index.js';
import type { App } from '../compose.js';
import type { FontName } from '../../formats/index.js';
import { EXIT } from '../exit-codes.js';
import { print, printJson } from '../output.js';

/** One thing looked at. */
interface Check {
  readonly name: string;
  readonly state: 'ok' | 'warning' | 'failed';
  readonly found: string;
  /** What to do about it; '' when all is well. */
  readonly fix: string;
}

const LEAST_NODE = 20;
const LEAST_MEMORY_BYTES = 2 * 2 ** 30;
const LEAST_DISK_BYTES = 2 * 2 ** 30;
/** Older backups are told of. */
const BACKUP_GROWS_OLD_MS = 7 * 86_400_000;

/** `wxlive doctor`: what wxlive stands on, and what to do about each. */
export function doctorCommand(): CommandDefinition {
  const command = new Command('doctor')
    .description('检查运行环境 / check what wxlive stands on')
    .addHelpText('after', '\n例 / example:\n  wxlive doctor');
  return {
    command,
    async run(app, _args, options) {
      const checks = [checkNode(app), checkMemory(app), checkFolder(app), checkDisk(app)];
      const warehouse = await checkWarehouse(app);
      const reached = warehouse.every(({ state }) => state === 'ok');
      const remembered = reached ? await readRemembered(app) : new Map<string, string>();
      checks.push(checkKey(app, remembered.get('key_backup')), ...warehouse);
      // A warehouse into which nothing was ever loaded needs no backup.
      if (remembered.has('event_salt')) checks.push(checkBackup(app, remembered.get('backup')));
      const kafka = await checkKafka(app);
      if (kafka !== null) checks.push(kafka);
      checks.push(...(await checkPulls(app)));
      checks.push(await checkFonts(app));
      if (flag(options, 'json')) await printJson({ checks });
      else {
        for (const { name, state, found, fix } of checks) {
          const mark = { ok: '✓', warning: '!', failed: '✗' }[state];
          await print(`${mark} ${name}  ${found}\n${fix === '' ? '' : `    → ${fix}\n`}`);
        }
      }
      return checks.some(({ state }) => state === 'failed') ? EXIT.failed : EXIT.done;
    },
  };
}

function checkNode(app: App): Check {
  const fine = Number(process.versions.node.split('.')[0]) >= LEAST_NODE;
  return {
    name: 'Node.js',
    state: fine ? 'ok' : 'failed',
    found: process.version,
    fix: fine ? '' : app.say('安装 Node.js 20 或更新版本', 'install Node.js 20 or newer'),
  };
}

function checkMemory(app: App): Check {
  const bytes = totalmem();
  const fine = bytes >= LEAST_MEMORY_BYTES;
  return {
    name: app.say('内存', 'memory'),
    state: fine ? 'ok' : 'warning',
    found: gigabytes(bytes),
    fix: fine ? '' : app.say('引擎至少需要 2 GB 内存', 'the engine needs at least 2 GB'),
  };
}

function checkFolder(app: App): Check {
  const name = app.say('数据目录', 'data folder');
  try {
    mkdirSync(app.dataDir, { recursive: true, mode: 0o700 });
    accessSync(app.dataDir, constants.R_OK | constants.W_OK | constants.X_OK);
    return { name, state: 'ok', found: app.dataDir, fix: '' };
  } catch {
    return {
      name,
      state: 'failed',
      found: app.dataDir,
      fix: app.say(
        '没有写权限：换用 --data 目录，或修改权限',
        'not writable: choose another by --data, or change its permissions',
      ),
    };
  }
}

function checkDisk(app: App): Check {
  const name = app.say('磁盘', 'disk');
  try {
    const { bavail, bsize } = statfsSync(existsSync(app.dataDir) ? app.dataDir : '.');
    const fine = bavail * bsize >= LEAST_DISK_BYTES;
    return {
      name,
      state: fine ? 'ok' : 'warning',
      found: app.say(`剩余 ${gigabytes(bavail * bsize)}`, `${gigabytes(bavail * bsize)} free`),
      fix: fine
        ? ''
        : app.say(
            '剩余空间不足 2 GB：清理磁盘，或换用 --data',
            'less than 2 GB free: make room, or choose another --data',
          ),
    };
  } catch {
    return {
      name,
      state: 'warning',
      found: '?',
      fix: app.say('无法读取剩余空间', 'free space cannot be read'),
    };
  }
}

/** What the warehouse remembers about itself: when backups were made, whether anything was loaded. */
async function readRemembered(app: App): Promise<ReadonlyMap<string, string>> {
  const { readLedger } = await import('../../sql/index.js');
  return readLedger(await app.warehouse());
}

function checkBackup(app: App, madeAt: string | undefined): Check {
  const name = app.say('数据备份', 'backup');
  if (madeAt !== undefined && Date.now() - Date.parse(madeAt) < BACKUP_GROWS_OLD_MS) {
    return { name, state: 'ok', found: madeAt, fix: '' };
  }
  return {
    name,
    state: 'warning',
    found: madeAt ?? app.say('尚未备份', 'none'),
    fix: app.say('请用 wxlive backup 目录 备份到另一块磁盘', 'run wxlive backup FOLDER, onto another disk'),
  };
}

function checkKey(app: App, backupMadeAt: string | undefined): Check {
  const name = app.say('假名密钥', 'pseudonym key');
  const { environment } = app;
  if ((environment['WXLIVE_PSEUDONYM_KEY'] ?? environment['WXLIVE_PSEUDONYM_KEY_FILE'] ?? '') !== '') {
    return { name, state: 'ok', found: app.say('来自环境变量', 'from the environment'), fix: '' };
  }
  const path = join(app.dataDir, 'pseudonym.key');
  if (!existsSync(path)) {
    return {
      name,
      state: 'ok',
      found: app.say('尚未生成，首次导入时自动生成', 'not made yet: the first import makes it'),
      fix: '',
    };
  }
  const mode = statSync(path).mode & 0o777;
  if ((mode & 0o077) !== 0) {
    return {
      name,
      state: 'failed',
      found: path,
      fix: app.say(`他人可读：执行 chmod 600 ${path}`, `others can read it: chmod 600 ${path}`),
    };
  }
  if (backupMadeAt !== undefined) {
    const found = app.say(`${path}，已于 ${backupMadeAt} 备份`, `${path}, backed up at ${backupMadeAt}`);
    return { name, state: 'ok', found, fix: '' };
  }
  return {
    name,
    state: 'warning',
    found: path,
    fix: app.say(
      '请用 wxlive keys backup 备份到数据目录之外：丢失后同一个人无法对应',
      'back it up outside of the data folder by wxlive keys backup: without it people cannot be recognised again',
    ),
  };
}

async function checkWarehouse(app: App): Promise<Check[]> {
  const server = app.settings.clickhouse_url !== undefined;
  const name = server ? 'ClickHouse' : app.say('私有引擎', 'private engine');
  try {
    const { loadSql } = await import('../../sql/index.js');
    const { versionRow } = await import('../rows.js');
    const [row] = await (await app.warehouse()).query(loadSql('operate/version'), versionRow);
    return [{ name, state: 'ok', found: `ClickHouse ${row?.version ?? '?'}`, fix: '' }];
  } catch (error) {
    return [
      {
        name,
        state: 'failed',
        found: error instanceof Error ? error.message : String(error),
        fix: server
          ? app.say('检查 CLICKHOUSE_URL、用户和密码', 'check CLICKHOUSE_URL, user and password')
          : app.say(
              '先解决上面的问题，再运行 wxlive doctor',
              'mend what stands above, then run wxlive doctor again',
            ),
      },
    ];
  }
}

async function checkKafka(app: App): Promise<Check | null> {
  const brokers = app.settings.kafka_brokers;
  if (brokers.length === 0) return null;
  const { brokerTrouble, checkTopics, KafkaClient, topicPlans } = await import('../../pipelines/index.js');
  const { kafkaSettings, topicSettings } = await import('../kafka-settings.js');
  const client = new KafkaClient(kafkaSettings(app.settings, app.environment), app.logger);
  const found = brokers.join(', ');
  try {
    const faults = await checkTopics(client, topicPlans(topicSettings(app.settings)));
    if (faults.length === 0) return { name: 'Kafka', state: 'ok', found, fix: '' };
    return {
      name: 'Kafka',
      state: 'warning',
      found,
      fix: faults.map((one) => topicFix(app, one)).join('; '),
    };
  } catch (error) {
    return { name: 'Kafka', state: 'failed', found, fix: brokerFix(app, brokerTrouble(error)) };
  } finally {
    await client.close();
  }
}

function brokerFix(app: App, trouble: BrokerTrouble): string {
  switch (trouble) {
    case 'user_refused':
      return app.say(
        '用户被拒绝：检查 KAFKA_SASL_USERNAME、KAFKA_SASL_PASSWORD 与 KAFKA_SASL_MECHANISM',
        'the user is refused: check KAFKA_SASL_USERNAME, KAFKA_SASL_PASSWORD and KAFKA_SASL_MECHANISM',
      );
    case 'certificate_refused':
      return app.say(
        '证书不被信任：检查 KAFKA_TLS_CA_FILE，并确认 KAFKA_BROKERS 是 TLS 端口、主机名与证书一致',
        'the certificate is refused: check KAFKA_TLS_CA_FILE, and that KAFKA_BROKERS names a TLS port by a name in its certificate',
      );
    case 'unreachable':
      return app.say(
        '无法连接：检查 KAFKA_BROKERS、TLS / SASL 设置与网络',
        'cannot be reached: check KAFKA_BROKERS, the TLS and SASL settings and the network',
      );
  }
}

function topicFix(app: App, { topic, fault, found, wanted }: TopicFault): string {
  switch (fault) {
    case 'missing':
      return app.say(
        `主题 ${topic} 尚未创建，serve 或 import 会创建`,
        `${topic} is not there yet: serve or import makes it`,
      );
    case 'partitions':
      return app.say(
        `主题 ${topic} 有 ${found ?? 0} 个分区，设置为 ${wanted}：用 kafka-topics --alter 增加`,
        `${topic} has ${found ?? 0} partitions, the settings say ${wanted}: add some by kafka-topics --alter`,
      );
    case 'retention':
      return app.say(
        `主题 ${topic} 只保留 ${found ?? 0} 毫秒，设置为 ${wanted}：loader 停得更久会丢失数据`,
        `${topic} keeps records for ${found ?? 0} ms, the settings say ${wanted}: a loader that is away for longer loses some`,
      );
    case 'message_bytes':
      return app.say(
        `主题 ${topic} 的 max.message.bytes 为 ${found ?? 0}，需要 ${wanted}`,
        `max.message.bytes of ${topic} is ${found ?? 0}, ${wanted} is needed`,
      );
  }
}

/** Whether what a pull needs is set; the platforms themselves are not asked. */
async function checkPulls(app: App): Promise<Check[]> {
  const { PULL_SOURCES } = await import('../../pipelines/index.js');
  const { findTarget, pullCron } = await import('../pull-targets.js');
  return PULL_SOURCES.map((source): Check => {
    const found = findTarget(app, source);
    const name = `pull ${source}`;
    if (found.target !== null) {
      const cron = pullCron(app, source);
      const when = app.say(`已设置，serve 按 ${cron} 拉取`, `set, serve pulls at ${cron}`);
      return { name, state: 'ok', found: `${found.target.account}  ${when}`, fix: '' };
    }
    if (!found.begun) return { name, state: 'ok', found: app.say('未使用', 'not used'), fix: '' };
    const names = found.missing.join(', ');
    return {
      name,
      state: 'warning',
      found: app.say('凭据不全', 'credentials are incomplete'),
      fix: app.say(`还需要设置 ${names}`, `set ${names} too`),
    };
  });
}

async function checkFonts(app: App): Promise<Check> {
  const { FONT_FILES, fontPath } = await import('../../formats/index.js');
  const names = Object.keys(FONT_FILES).filter((name): name is FontName => name in FONT_FILES);
  const missing = names.filter((name) => !existsSync(fontPath(name)));
  return {
    name: app.say('中文字体', 'fonts'),
    state: missing.length === 0 ? 'ok' : 'failed',
    found: missing.length === 0 ? app.say('齐全', 'all there') : missing.join(', '),
    fix: missing.length === 0 ? '' : app.say('重新安装 wxlive', 'install wxlive again'),
  };
}

function gigabytes(bytes: number): string {
  return `${(bytes / 2 ** 30).toFixed(1)} GB`;
}
