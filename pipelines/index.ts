/** The door of pipelines/: from what arrives to facts. Start reading at source.ts and import/run-import.ts. */
export { SOURCES } from './sources/index.js';
export type { Source, SourceColumn, SourceContext, SourceRow } from './source.js';
export { matchTable, type ColumnAlias, type TableMatch } from './sources/column-match.js';
export { PseudonymKey } from './privacy/key.js';
export { createPseudonymizer, type Pseudonymizer } from './privacy/pseudonymize.js';
export { Seal } from './privacy/seal.js';
export { checkKey } from './privacy/key-check.js';
export { openDirectBus, type DirectBus } from './bus/direct.js';
export { turnsOf, type LoadingTurn, type LoadingTurns } from './bus/loading-turns.js';
export type { Bus, BusMessage, BusReply } from './bus/bus.js';
export { importFile, runImport } from './import/run-import.js';
export { OpeningFile } from './import/opening-file.js';
export type { ImportOptions, ImportTools } from './import/import-options.js';
export { isUnusable, type FileReport, type LoadedFile, type UnusableFile } from './import/file-report.js';
export { inspectFile, type InspectedFile } from './import/inspect.js';

// Figures for Prometheus: ask for a metric by name, keep it, count.
export {
  MetricsRegistry,
  type Counter,
  type Gauge,
  type Histogram,
  type MetricLabels,
} from './metrics/registry.js';

// The collector: rows from HTTP, answered when they are durable. Read collector/collector.ts.
export {
  Collector,
  type CollectAnswer,
  type CollectRequest,
  type Collected,
  type CollectorOptions,
} from './collector/collector.js';
export { ApiKeys } from './collector/api-keys.js';
export { elementRows, singleRow, unreadableRow, type CollectedRow } from './collector/collected-rows.js';
export { readEventsBody } from './collector/read-events-body.js';
export type { PrepareTools, RejectedRow } from './collector/prepare.js';
export type { Flush, FlushReply, FlushTarget } from './collector/flush.js';
export { openWarehouseTarget } from './collector/warehouse-target.js';
export { decodeSensorsRequest, type SensorsRequest } from './sources/sensors/transport.js';
export { decodeGrowingioRequest } from './sources/growingio-transport.js';
export { checkCssSignature } from './collector/callbacks/css-signature.js';
export {
  answerHandshake,
  openPushMessage,
  type PushFailure,
  type PushSecrets,
} from './collector/callbacks/push-messages.js';
export { parseMessageKey } from './collector/callbacks/wechat-cipher.js';

// Bad rows once more, after their cause was fixed; the sealed originals by replay/original.ts.
export { replayRejects } from './replay/replay-rejects.js';
export type {
  RejectSelection,
  RemainingReject,
  ReplayOptions,
  ReplayReport,
  ReplayTools,
} from './replay/replay-options.js';

// Kafka.
export { KafkaClient, type KafkaSettings } from './bus/kafka-client.js';
export { brokerTrouble, type BrokerTrouble } from './bus/kafka-failure.js';
export { KafkaBus } from './bus/kafka-bus.js';
export {
  checkTopics,
  createTopicsOf,
  topicPlans,
  type TopicFault,
  type TopicSettings,
} from './bus/topic-plans.js';
export { KafkaLoader, type KafkaLoaderOptions } from './consume/kafka-loader.js';
export { openKafkaTarget } from './collector/kafka-target.js';
export type { KafkaImport } from './import/kafka-publisher.js';

// Erasing a person, and what keeps them away.
export { erasePerson, type Erasure } from './erase/erase-person.js';
export type { RejectReader } from './erase/sealed-rejects.js';

// The key's encrypted backup.
export { openKeyBackup, sealKeyBackup } from './privacy/key-backup.js';

// The warehouse as a folder, and back.
export { writeBackup, type Backup, type BackupOptions } from './backup/write-backup.js';
export { readBackup, type BackupFault, type CheckedBackup } from './backup/read-backup.js';
export {
  restoreBackup,
  type Restored,
  type RestoreFault,
  type RestoreOptions,
} from './backup/restore-backup.js';
export type { BackupManifest } from './backup/manifest.js';

// Pulls from the platforms' APIs, once and by the clock.
export { runPull, type PullOptions, type PullReport } from './pull/run-pull.js';
export type { PullManner, PullScope, PullTarget } from './pull/open-pull.js';
export { PULL_SOURCES, type PullSourceName } from './pull/pull-ledger.js';
export { takePullLock } from './pull/pull-lock.js';
export { REAL_WAITING } from './pull/http-client.js';
export { isCron, startPulls, type PullTime, type RunningPulls } from './pull/schedule.js';
