/** The door of sql/: the warehouse and the private engine under it. Append what your floor exports, one block each. */

// The connection.
export { openWarehouse, openAnalyst, connectionInfo } from './connection/open.js';
export type { ConnectionInfo, ServerSettings, WarehouseSettings } from './connection/open.js';
export { WarehouseError } from './connection/warehouse.js';
export { fenceInserts, type Fence } from './connection/fenced.js';
export type {
  InsertRequest,
  QueryOptions,
  SqlParameter,
  SqlParameters,
  SqlText,
  Warehouse,
} from './connection/warehouse.js';
export { loadSql, typedByUser } from './query-file.js';
export { parameterNames } from './parameter-names.js';

// The private engine of a data folder.
export { EngineError, type EngineErrorReason } from './engine/engine-error.js';
export { readPrivateFile, writePrivateFile } from './engine/private-file.js';
export { tryOsLock, type OsLock } from './engine/os-lock.js';
export { acquireLoaderLease, type LoaderLease, type LoaderLeaseOptions } from './engine/loader-lease.js';

// A cluster.
export type { ClusterSettings } from './cluster/cluster-settings.js';

// The warehouse: migrations, views, what it remembers of itself.
export {
  createStorage,
  InterruptedRestore,
  migrate,
  ownMigrations,
  readLedger,
  RESTORE_ENTRY,
  writeLedger,
  type MigrationResult,
} from './migrate.js';
export type { RenderSettings } from './render.js';

// Where the package's own data files lie.
export { packageRoot } from './package-root.js';

// Public views as they leave.
export {
  outputColumns,
  readViews,
  viewFields,
  viewName,
  viewRange,
  type OutputForm,
  type ViewColumn,
} from './view-columns.js';

// Conditions of users as SQL.
export { FIELD_NAMES, resolveField, type Field, type FieldKind } from './fields.js';
export { createFilter, type Filter } from './filter/filter.js';
export type { ParameterType } from './filter/condition.js';
export { bitMask, fillSlots, fixed, type SqlFragment } from './filter/fragment.js';
export { hashOf, packValues } from './filter/packed-values.js';
export { checkPatterns } from './filter/patterns.js';
export {
  periodCode,
  scopeRows,
  seenBefore,
  touchCandidates,
  touchRows,
  viewersAmong,
  withLives,
} from './filter/scope-rows.js';
export { campaignTouches, costLabel, touchColumn, touchLabel, touchRange } from './filter/touches.js';
