import type { SqlParameters, SqlText, Warehouse } from '../../sql/index.js';

/** A whole result in RowBinary, as one buffer: for results of fixed-width rows, at most a batch long. */
export async function readRowBinary(
  warehouse: Warehouse,
  sql: SqlText,
  parameters: SqlParameters = {},
): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  for await (const part of warehouse.stream(sql, 'RowBinary', parameters)) parts.push(part);
  return Buffer.concat(parts);
}
