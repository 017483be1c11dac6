import { WarehouseError } from '../../sql/index.js';

/** Codes of ClickHouse that speak of the rows and not of the database: the same rows will never go in. */
const ROW_CODES: ReadonlySet<number> = new Set([
  6, // CANNOT_PARSE_TEXT
  27, // CANNOT_PARSE_INPUT_ASSERTION_FAILED
  33, // CANNOT_READ_ALL_DATA
  38, // CANNOT_PARSE_DATE
  41, // CANNOT_PARSE_DATETIME
  53, // TYPE_MISMATCH
  69, // ARGUMENT_OUT_OF_BOUND
  72, // CANNOT_PARSE_NUMBER
  117, // INCORRECT_DATA
  131, // TOO_LARGE_STRING_SIZE
  252, // TOO_MANY_PARTS: too many partitions for one insert block, when it is not transient
  321, // VALUE_IS_OUT_OF_RANGE_OF_DATA_TYPE
  349, // CANNOT_INSERT_NULL_IN_ORDINARY_COLUMN
  376, // CANNOT_PARSE_UUID
  407, // DECIMAL_OVERFLOW
  469, // VIOLATED_CONSTRAINT
]);

/**
 * Whether a failure is the fault of what was to be stored. Everything else (the database away, full, refusing the user,
 * lacking a table) stops the loader until it is mended, and nothing becomes a dead letter.
 */
export function blamesRecord(error: unknown): boolean {
  if (error instanceof WarehouseError) {
    return !error.transient && error.code !== null && ROW_CODES.has(error.code);
  }
  // The encoder refuses a value: a number out of range, a text that is no id.
  return error instanceof RangeError || error instanceof TypeError;
}
