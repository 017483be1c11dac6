/** ClickHouse codes that go away by themselves: the statement is worth another try unchanged. */
const TRANSIENT_CODES: ReadonlySet<number> = new Set([
  75, // CANNOT_WRITE_TO_FILE_DESCRIPTOR: disk full or at a limit
  202, // TOO_MANY_SIMULTANEOUS_QUERIES
  203, // NO_FREE_CONNECTION
  209, // SOCKET_TIMEOUT
  210, // NETWORK_ERROR
  225, // NO_ZOOKEEPER
  236, // ABORTED: shutting down
  242, // TABLE_IS_READ_ONLY: the replica lost its Keeper session
  243, // NOT_ENOUGH_SPACE
  279, // ALL_CONNECTION_TRIES_FAILED
  285, // TOO_FEW_LIVE_REPLICAS
  286, // UNSATISFIED_QUORUM_FOR_PREVIOUS_WRITE
  319, // UNKNOWN_STATUS_OF_INSERT
  373, // SESSION_IS_LOCKED
  439, // CANNOT_SCHEDULE_TASK
  999, // KEEPER_EXCEPTION
]);
const MEMORY_LIMIT_EXCEEDED = 241;
const TOO_MANY_PARTS = 252;

/** Is this answer of ClickHouse worth a retry? Two codes need the text: each names a lasting cause as well. */
export function isTransientCode(code: number, message: string): boolean {
  // A statement over its own limit stays over it; the limit of the whole server depends on the others.
  if (code === MEMORY_LIMIT_EXCEEDED) return /\(total\)|for user/i.test(message);
  // Code 252 also says "too many partitions for single INSERT block": that batch will never go in.
  if (code === TOO_MANY_PARTS) return !/partitions for single/i.test(message);
  return TRANSIENT_CODES.has(code);
}

/** What a broken connection means: `unreached` when the statement cannot have been started. */
export function networkFailure(
  error: unknown,
): { readonly unreached: boolean; readonly word: string } | null {
  for (
    let current = error, depth = 0;
    current instanceof Error && depth < 4;
    current = current.cause, depth += 1
  ) {
    const code = 'code' in current && typeof current.code === 'string' ? current.code : '';
    if (UNREACHED.has(code)) return { unreached: true, word: code };
    if (BROKEN.has(code)) return { unreached: false, word: code };
    if (/socket hang up|aborted|timeout error|premature close|terminated/i.test(current.message)) {
      return { unreached: false, word: 'connection broken' };
    }
  }
  return null;
}

const UNREACHED: ReadonlySet<string> = new Set([
  'ECONNREFUSED',
  'EAI_AGAIN',
  'ENOTFOUND',
  'EHOSTUNREACH',
  'ENETUNREACH',
]);
const BROKEN: ReadonlySet<string> = new Set([
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'ERR_STREAM_PREMATURE_CLOSE',
  'HPE_INVALID_EOF_STATE',
]);
