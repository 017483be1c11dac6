import { fail, type AnalysisFailure, type Outcome } from '../../schemas/index.js';
import { WarehouseError, type SqlParameters, type Warehouse } from '../../sql/index.js';

/** What the statements of an analysis may hold at once; beyond it they spill to disk, and where they cannot, refuse. */
export const ANALYSIS_MEMORY_BYTES = 2_000_000_000;
/** From here on groups and sorts go to the disk: two of them may run in one statement. */
const SPILL_SHARE = 0.35;
/** ClickHouse: the statement is over its limit. */
const MEMORY_LIMIT_EXCEEDED = 241;
/** Values beside a statement: ClickHouse takes 1000 (`http_max_fields`), settings among them. */
const MOST_VALUES = 950;

class TooManyValues extends Error {
  override readonly name = 'TooManyValues';
}

function counted(parameters: SqlParameters | undefined): SqlParameters | undefined {
  if (Object.keys(parameters ?? {}).length > MOST_VALUES) throw new TooManyValues();
  return parameters;
}

/** The warehouse, with a limit of memory and of values for every SELECT through it. */
export function withinLimits(warehouse: Warehouse, bytes: number): Warehouse {
  const spill = Math.floor(bytes * SPILL_SHARE);
  const limits = {
    max_memory_usage: bytes,
    max_bytes_before_external_group_by: spill,
    max_bytes_before_external_sort: spill,
  };
  return {
    mode: warehouse.mode,
    query: (sql, row, parameters, options) =>
      warehouse.query(sql, row, counted(parameters), {
        ...options,
        settings: { ...limits, ...options?.settings },
      }),
    stream: (sql, format, parameters, options) =>
      warehouse.stream(sql, format, counted(parameters), {
        ...options,
        settings: { ...limits, ...options?.settings },
      }),
    insert: (request) => warehouse.insert(request),
    command: (sql, parameters, options) => warehouse.command(sql, parameters, options),
    session: (work) => warehouse.session((inner) => work(withinLimits(inner, bytes))),
    ping: () => warehouse.ping(),
    close: () => warehouse.close(),
  };
}

/** What the work answers, or that it needs more memory, or more values, than it may have. */
export async function refusingTooMuch<Value>(
  bytes: number,
  work: () => Promise<Outcome<Value, AnalysisFailure>>,
): Promise<Outcome<Value, AnalysisFailure>> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof TooManyValues) {
      return fail({
        code: 'too_large',
        message: `the spec has more than ${MOST_VALUES} conditions and values: write op in with a list, or fewer conditions`,
        zh: `规格中的条件与取值超过 ${MOST_VALUES} 个：请改用 op in 列表，或减少条件`,
      });
    }
    if (!(error instanceof WarehouseError) || error.code !== MEMORY_LIMIT_EXCEEDED) throw error;
    const megabytes = Math.round(bytes / 1e6);
    return fail({
      code: 'too_large',
      message: `the analysis needs more than ${megabytes} MB of memory: choose a shorter range, fewer rooms, or a condition`,
      zh: `此分析需要超过 ${megabytes} MB 内存：请缩短时间范围、减少直播间，或加上筛选条件`,
    });
  }
}
