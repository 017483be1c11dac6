import type { CallbackSecrets } from '../../web/index.js';
import { UsageError } from '../exit-codes.js';
import { readSecret } from '../settings-file.js';
import type { Role } from './role.js';

/** Takes events and callbacks over HTTP. Without Kafka this process stores them itself, beside any import; with it a loader does. */
export const collectorRole: Role = {
  name: 'collector',
  async start({ app, logger, metrics }) {
    const { ApiKeys, Collector, openKafkaTarget, openWarehouseTarget, parseMessageKey, SOURCES } =
      await import('../../pipelines/index.js');
    const { BodyReader, collectRoutes } = await import('../../web/index.js');
    const { settings, environment } = app;
    const secrets = readCallbackSecrets(environment, parseMessageKey);
    const warehouse = await app.warehouse();
    const kafka = await app.kafka();
    const { pseudonymizer, seal } = await app.privacy();
    const writeKeys = ApiKeys.parse(readSecret('WXLIVE_WRITE_KEYS', environment));
    if (writeKeys.size === 0) logger.warn('no write key is set: requests that need one are answered 401');
    const collector = new Collector({
      target: kafka === null ? openWarehouseTarget(warehouse, await app.bus()) : openKafkaTarget(kafka.bus),
      tools: {
        sources: SOURCES,
        pseudonymizer,
        seal,
        eventMap: settings.event_map,
        language: settings.language,
      },
      logger,
      metrics,
      flushIntervalMs: settings.collector_flush_interval_ms,
      flushRecords: settings.collector_flush_records,
      answerTimeoutMs: settings.collector_answer_timeout_ms,
      mostWaitingRecords: settings.collector_waiting_records,
      rowsPerSecond: settings.collector_rows_per_second,
    });
    const bodies = new BodyReader({
      bodyBytes: settings.collector_body_bytes,
      inflatedBytes: settings.collector_inflated_bytes,
      allBytes: settings.collector_memory_bytes,
    });
    return {
      routes: collectRoutes({ collector, writeKeys, bodies }, secrets),
      async ready() {
        if (collector.busy()) return 'collector_busy';
        // With Kafka records are taken while the warehouse is away: that is what it is for.
        if (kafka !== null) return null;
        try {
          await warehouse.ping();
          return null;
        } catch {
          return 'warehouse_unreachable';
        }
      },
      stop: () => collector.stop(),
    };
  },
};

function readCallbackSecrets(
  environment: NodeJS.ProcessEnv,
  parseKey: (text: string) => Buffer | null,
): CallbackSecrets {
  const push = (platform: 'WECHAT' | 'WECOM'): CallbackSecrets['wechat'] => {
    const token = readSecret(`WXLIVE_${platform}_TOKEN`, environment);
    if (token === null) return null;
    const name = `WXLIVE_${platform}_AES_KEY`;
    const text = readSecret(name, environment);
    if (text === null) return { token, key: null };
    const key = parseKey(text);
    if (key !== null) return { token, key };
    throw new UsageError(
      `${name}: 应为 43 个字符的 EncodingAESKey / must be an EncodingAESKey of 43 characters`,
    );
  };
  return {
    cssKey: readSecret('WXLIVE_CSS_CALLBACK_KEY', environment),
    wechat: push('WECHAT'),
    wecom: push('WECOM'),
  };
}
