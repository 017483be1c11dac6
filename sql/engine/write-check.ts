import { z } from 'zod';
import type { Warehouse } from '../connection/warehouse.js';
import { loadSql } from '../query-file.js';
import { EngineError } from './engine-error.js';

const failedWritesRow = z.object({ failed_writes: z.coerce.number() });

const MAKES_TEMPORARY = /^\s*(?:--[^\n]*\n\s*)*CREATE TEMPORARY TABLE/u;

/**
 * Acknowledges a write only after the engine was asked whether any write to a file has failed. It must be asked: this
 * build (chdb-core, WriteBufferFromFileDescriptor::nextImpl) has the exception commented out, so that an insert into a
 * full disk leaves a truncated part and answers 200. The counter is all that tells.
 *
 * `endEngine` must end it at once: at its next start it sets the truncated part aside and, where that was a merge, takes
 * the parts it was made of.
 */
export function withWriteCheck(inner: Warehouse, dataDir: string, endEngine: () => void): Warehouse {
  async function check(): Promise<void> {
    const rows = await inner.query(loadSql('operate/failed-writes'), failedWritesRow);
    if ((rows[0]?.failed_writes ?? 0) === 0) return;
    try {
      endEngine();
    } catch {
      // It has ended by itself.
    }
    throw new EngineError('folder_full', `${dataDir}: a write to a file failed`);
  }
  return {
    mode: inner.mode,
    query: (sql, row, parameters, options) => inner.query(sql, row, parameters, options),
    stream: (sql, format, parameters, options) => inner.stream(sql, format, parameters, options),
    async insert(request) {
      await inner.insert(request);
      // A table without a database is a session's own, in memory.
      if ('statement' in request || request.table.includes('.')) await check();
    },
    async command(sql, parameters, options) {
      await inner.command(sql, parameters, options);
      if (!MAKES_TEMPORARY.test(sql)) await check();
    },
    session: (work) => inner.session((session) => work(withWriteCheck(session, dataDir, endEngine))),
    ping: () => inner.ping(),
    close: () => inner.close(),
  };
}
