import { randomBytes } from 'node:crypto';
import { existsSync, linkSync, mkdirSync, readFileSync, unlinkSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Language, Logger, Progress, Settings } from '../schemas/index.js';
import type { RenderSettings, Warehouse, WarehouseSettings } from '../sql/index.js';
import type {
  DirectBus,
  ImportTools,
  KafkaBus,
  KafkaClient,
  LoadingTurns,
  PseudonymKey,
  Pseudonymizer,
  Seal,
  TopicSettings,
} from '../pipelines/index.js';
import { Failed, EXIT, UsageError } from './exit-codes.js';
import { clusterSettings } from './cluster-settings.js';
import { kafkaSettings, topicSettings } from './kafka-settings.js';
import { KEY_FILE } from './key-file.js';
import { openLogger } from './logger.js';
import { openProgress } from './progress.js';
import { readSecret, readSettings, type SettingsFlags } from './settings-file.js';

/** What of Kafka a command may need. */
export interface OpenedKafka {
  readonly client: KafkaClient;
  readonly bus: KafkaBus;
  readonly topics: TopicSettings;
}

/** Everything a command may need, made when it is first asked for and closed at the end. */
export class App {
  readonly settings: Settings;
  readonly logger: Logger;
  readonly dataDir: string;
  private ownerOpened: Promise<Warehouse> | null = null;
  private analystOpened: Promise<Warehouse> | null = null;
  private busOpened: Promise<DirectBus> | null = null;
  private kafkaOpened: Promise<OpenedKafka> | null = null;

  constructor(
    flags: SettingsFlags,
    readonly environment: NodeJS.ProcessEnv,
  ) {
    this.settings = readSettings(flags, environment);
    this.dataDir = resolve(this.settings.data_dir);
    this.logger = openLogger((line) => process.stderr.write(line), environment['WXLIVE_LOG'] === 'debug');
  }

  get language(): Language {
    return this.settings.language;
  }

  /** One of two texts by the language of the command. */
  say(zh: string, en: string): string {
    return this.language === 'zh' ? zh : en;
  }

  openProgress(): Progress {
    return openProgress(process.stderr);
  }

  /** The warehouse as its owner, migrated. */
  async warehouse(): Promise<Warehouse> {
    this.ownerOpened ??= this.openOwner();
    return this.ownerOpened;
  }

  /** The warehouse as the analyst: public views under limits. */
  async analyst(): Promise<Warehouse> {
    this.analystOpened ??= this.openAnalyst();
    return this.analystOpened;
  }

  /** The bus this process loads through; waits for other loaders. */
  async bus(): Promise<DirectBus> {
    this.busOpened ??= (async () => {
      const { openDirectBus } = await import('../pipelines/index.js');
      return openDirectBus(await this.warehouse(), this.dataDir, (waitedMs) => {
        this.noteWait(waitedMs);
      });
    })();
    return this.busOpened;
  }

  /** Turns to load, for who changes the warehouse without a bus; says when it waits for others. */
  async loadingTurns(warehouse: Warehouse): Promise<LoadingTurns> {
    const { turnsOf } = await import('../pipelines/index.js');
    return turnsOf(warehouse, this.dataDir, (waitedMs) => {
      this.noteWait(waitedMs);
    });
  }

  private noteWait(waitedMs: number): void {
    if (waitedMs < 1_000) return;
    process.stderr.write(
      this.say(
        `等待另一个导入完成（${Math.round(waitedMs / 1000)} 秒）…\n`,
        `waiting for another import (${Math.round(waitedMs / 1000)} s)…\n`,
      ),
    );
  }

  /** Kafka with its topics, null when no brokers are set: then records go straight into the warehouse. */
  async kafka(): Promise<OpenedKafka | null> {
    if (this.settings.kafka_brokers.length === 0) return null;
    this.kafkaOpened ??= (async () => {
      const { createTopicsOf, KafkaBus, KafkaClient } = await import('../pipelines/index.js');
      const client = new KafkaClient(kafkaSettings(this.settings, this.environment), this.logger);
      const topics = topicSettings(this.settings);
      await createTopicsOf(client, topics);
      return { client, bus: new KafkaBus(client.openProducer(), topics.prefix), topics };
    })();
    return this.kafkaOpened;
  }

  /** Lets go of the loader lease between files, so that imports side by side take turns. */
  async releaseBus(): Promise<void> {
    const opened = this.busOpened;
    this.busOpened = null;
    if (opened !== null) await (await opened).close();
  }

  /** The operator's key, checked against the warehouse; made in the data folder when the embedded mode has none. */
  async privacy(): Promise<{ key: PseudonymKey; pseudonymizer: Pseudonymizer; seal: Seal }> {
    const { checkKey, createPseudonymizer, Seal } = await import('../pipelines/index.js');
    const key = await this.parseKey(await this.readKey());
    const checked = await checkKey(await this.warehouse(), key);
    if (!checked.ok) {
      const { describeFailure } = await import('../schemas/index.js');
      const { message, fix } = describeFailure({ code: 'other_key' }, this.language);
      throw new Failed(`other_key: ${message}。${fix}`, EXIT.usage);
    }
    const pseudonymizer = createPseudonymizer(key, { ownDomains: this.settings.own_domains });
    return { key, pseudonymizer, seal: new Seal(key) };
  }

  /** @param wait with Kafka: until a loader has stored each file */
  async importTools(progress: Progress, wait = true): Promise<ImportTools> {
    const { SOURCES } = await import('../pipelines/index.js');
    const { key, pseudonymizer, seal } = await this.privacy();
    const kafka = await this.kafka();
    return {
      sources: SOURCES,
      pseudonymizer,
      seal,
      warehouse: await this.warehouse(),
      bus: () => this.bus(),
      ...(kafka === null ? {} : { kafka: { bus: kafka.bus, wait, onWait: this.tellWait() } }),
      progress,
      threads: { key, ownDomains: this.settings.own_domains },
    };
  }

  /** Says every few seconds that a file waits for a loader. */
  private tellWait(): (waitedMs: number) => void {
    let toldAt = 5_000;
    return (waitedMs) => {
      if (waitedMs < toldAt) return;
      toldAt = waitedMs + 10_000;
      process.stderr.write(
        this.say(
          `已写入 Kafka，等待 loader 入库（${Math.round(waitedMs / 1000)} 秒）；若没有运行：wxlive serve --roles loader\n`,
          `in Kafka, waiting for a loader to store it (${Math.round(waitedMs / 1000)} s); if none runs: wxlive serve --roles loader\n`,
        ),
      );
    };
  }

  warehouseSettings(): WarehouseSettings {
    const { settings, environment } = this;
    const base = {
      dataDir: this.dataDir,
      reportZone: settings.report_time_zone,
      logger: this.logger,
    };
    const cluster = clusterSettings(settings);
    if (settings.clickhouse_url === undefined) return base;
    const analyst = settings.clickhouse_analyst_user;
    return {
      ...base,
      clickhouse: {
        url: settings.clickhouse_url,
        user: settings.clickhouse_user,
        password: readSecret('CLICKHOUSE_PASSWORD', environment) ?? '',
        database: settings.clickhouse_database,
        cluster,
        ...(analyst === undefined
          ? {}
          : {
              analyst: {
                user: analyst,
                password: readSecret('CLICKHOUSE_ANALYST_PASSWORD', environment) ?? '',
              },
            }),
      },
    };
  }

  /** What the texts of the views depend on. */
  renderSettings(): RenderSettings {
    return {
      reportZone: this.settings.report_time_zone,
      channelGroups: this.settings.channel_groups,
      expectedSources: this.settings.expected_sources,
    };
  }

  async close(): Promise<void> {
    await this.releaseBus();
    const kafka = await this.kafkaOpened?.catch(() => null);
    await kafka?.bus.close().catch(() => undefined);
    await kafka?.client.close().catch(() => undefined);
    for (const opened of [this.analystOpened, this.ownerOpened]) {
      if (opened !== null) await opened.then((warehouse) => warehouse.close()).catch(() => undefined);
    }
  }

  private async openOwner(): Promise<Warehouse> {
    const { InterruptedRestore, migrate, openWarehouse } = await import('../sql/index.js');
    const warehouse = await openWarehouse(this.warehouseSettings());
    try {
      await migrate(warehouse, this.renderSettings());
      return warehouse;
    } catch (error) {
      await warehouse.close();
      if (!(error instanceof InterruptedRestore)) throw error;
      throw new Failed(
        this.say(
          '恢复备份时被中断，数据仓库还不完整：请再次运行 wxlive restore（同一份备份），它会从头重做',
          'a restore was interrupted and the warehouse is not whole: run wxlive restore with the same backup again, it starts over',
        ),
      );
    }
  }

  private async openAnalyst(): Promise<Warehouse> {
    const { openAnalyst } = await import('../sql/index.js');
    // The views must be there before somebody asks them.
    await this.warehouse();
    return openAnalyst(this.warehouseSettings());
  }

  /** The key as it is now and where it comes from; null when there is none. Makes none and asks the warehouse nothing. */
  async knownKey(): Promise<{
    key: PseudonymKey;
    source: 'environment' | 'file' | 'data_folder';
  } | null> {
    const given = readSecret('WXLIVE_PSEUDONYM_KEY', this.environment);
    const path = join(this.dataDir, KEY_FILE);
    const text = given ?? (existsSync(path) ? readFileSync(path, 'utf8').trim() : null);
    if (text === null) return null;
    const direct = (this.environment['WXLIVE_PSEUDONYM_KEY'] ?? '') !== '';
    return {
      key: await this.parseKey(text),
      source: given === null ? 'data_folder' : direct ? 'environment' : 'file',
    };
  }

  private async parseKey(text: string): Promise<PseudonymKey> {
    const { PseudonymKey } = await import('../pipelines/index.js');
    const parsed = PseudonymKey.parse(text);
    if (parsed.ok) return parsed.value;
    throw new UsageError(
      this.say(
        'WXLIVE_PSEUDONYM_KEY 应为至少 32 字节的十六进制或 base64；可用 openssl rand -base64 32 生成',
        'WXLIVE_PSEUDONYM_KEY must be at least 32 bytes in hex or base64; make one by: openssl rand -base64 32',
      ),
    );
  }

  private async readKey(): Promise<string> {
    const given = readSecret('WXLIVE_PSEUDONYM_KEY', this.environment);
    if (given !== null) return given;
    if (this.settings.clickhouse_url !== undefined) {
      throw new UsageError(
        this.say(
          '连接 ClickHouse 服务器时必须设置 WXLIVE_PSEUDONYM_KEY（至少 32 字节，十六进制或 base64）',
          'set WXLIVE_PSEUDONYM_KEY (at least 32 bytes, hex or base64) to use a ClickHouse server',
        ),
      );
    }
    const path = join(this.dataDir, KEY_FILE);
    if (existsSync(path)) return readFileSync(path, 'utf8').trim();
    const { readLedger } = await import('../sql/index.js');
    if ((await readLedger(await this.warehouse())).has('key_fingerprint')) {
      // A process that was started together with this one made key and warehouse meanwhile.
      if (existsSync(path)) return readFileSync(path, 'utf8').trim();
      throw new UsageError(
        this.say(
          `数据仓库已有假名密钥，但 ${path} 不在：请用 wxlive keys restore 恢复备份，或设置建库时的 WXLIVE_PSEUDONYM_KEY`,
          `the warehouse has a pseudonym key but ${path} is gone: wxlive keys restore brings it back from its backup, or set the WXLIVE_PSEUDONYM_KEY it was made with`,
        ),
      );
    }
    mkdirSync(this.dataDir, { recursive: true, mode: 0o700 });
    // Whole or not there: a process beside this one may look at any moment.
    const draft = `${path}.${process.pid}`;
    writeFileSync(draft, `${randomBytes(32).toString('base64')}\n`, { mode: 0o600 });
    try {
      linkSync(draft, path);
    } catch (error) {
      // Another command made it at the same moment.
      if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
      return readFileSync(path, 'utf8').trim();
    } finally {
      unlinkSync(draft);
    }
    process.stderr.write(
      this.say(
        `已生成假名密钥 ${path}（权限 0600）。请备份（wxlive keys backup）：丢失后，新旧数据中的同一个人将无法对应。\n`,
        `Made a pseudonym key at ${path} (mode 0600). Back it up (wxlive keys backup): without it the same person cannot be recognised again.\n`,
      ),
    );
    return readFileSync(path, 'utf8').trim();
  }
}
