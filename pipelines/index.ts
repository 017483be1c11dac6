/** The door of pipelines/: from what arrives to facts. Start reading at source.ts and import/run-import.ts. */
export { SOURCES } from './sources/index.js';
export type { Source, SourceColumn, SourceContext, SourceRow } from './source.js';
export { matchTable, type ColumnAlias, type TableMatch } from './sources/column-match.js';
export { PseudonymKey } from './privacy/key.js';
export { createPseudonymizer, type Pseudonymizer } from './privacy/pseudonymize.js';
export { Seal } from './privacy/seal.js';
export { checkKey } from './privacy/key-check.js';
export { openDirectBus, type DirectBus } from './bus/direct.js';
export type { Bus, BusMessage, BusReply } from './bus/bus.js';
export { runImport, type ImportOptions, type ImportTools } from './import/run-import.js';
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
