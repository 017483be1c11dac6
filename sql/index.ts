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
export { acquireLoaderLease, type LoaderLease, type LoaderLeaseOptions } from './engine/loader-lease.js';

// The warehouse: migrations, views, what it remembers of itself.
export { migrate, readLedger, writeLedger, type MigrationResult } from './migrate.js';
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
export {
  bitMask,
  campaignTouches,
  checkPatterns,
  costLabel,
  createFilter,
  fillSlots,
  fixed,
  packValues,
  periodCode,
  scopeRows,
  seenBefore,
  textsOf,
  touchColumn,
  touchLabel,
  touchRange,
  withLives,
  type Filter,
  type ParameterType,
  type SqlFragment,
} from './filter.js';
