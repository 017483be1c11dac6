import { LateServerError } from './exception-trailer.js';
import { isTransientCode, networkFailure } from './transient.js';
import { WarehouseError } from './warehouse.js';

/** An answer that says no, with its text. */
export class ServerAnswerError extends Error {
  override readonly name = 'ServerAnswerError';
  constructor(
    text: string,
    readonly httpStatus: number,
  ) {
    super(text);
  }
}

export interface ServerErrorContext {
  /** `http://127.0.0.1:8123`, without credentials. */
  readonly endpoint: string;
  /** The statement carried rows: the server quotes them in its words, so those are left out. */
  readonly carriedRows: boolean;
}

/** Codes whose text quotes a value: CANNOT_PARSE_*, INCORRECT_DATA, TYPE_MISMATCH, BAD_QUERY_PARAMETER and the like. */
const QUOTES_VALUES: ReadonlySet<number> = new Set([
  6, 25, 26, 27, 32, 33, 38, 41, 53, 69, 70, 72, 117, 131, 321, 349, 376, 395, 441, 457, 467, 675,
]);
const LONGEST_WORDS = 600;

/** Turns what the client library threw into a WarehouseError without data in it. */
export function toWarehouseError(error: unknown, context: ServerErrorContext): WarehouseError {
  if (error instanceof WarehouseError) return error;
  const message = error instanceof Error ? error.message : String(error);
  const answer = parseAnswer(message);
  if (answer !== null) {
    const words = context.carriedRows ? '' : `: ${withoutValues(answer.code, answer.words)}`;
    return new WarehouseError(
      `ClickHouse refused the statement (code ${answer.code}${answer.type === '' ? '' : ` ${answer.type}`})${words}`,
      answer.code,
      isTransientCode(answer.code, message),
    );
  }
  const network = networkFailure(error);
  if (network !== null) {
    return new WarehouseError(
      `ClickHouse at ${context.endpoint} is not reachable (${network.word}): check that it runs and that the address is right`,
      null,
      true,
      { unreached: network.unreached },
    );
  }
  if (error instanceof LateServerError) {
    return new WarehouseError('ClickHouse failed in the middle of its answer: try again', null, true);
  }
  if (!(error instanceof ServerAnswerError)) throw error;
  return new WarehouseError(
    `the answer of ${context.endpoint} is not one of ClickHouse (HTTP ${error.httpStatus}): check the address and what stands between`,
    null,
    error.httpStatus >= 502 && error.httpStatus <= 504,
  );
}

interface Answer {
  readonly code: number;
  readonly type: string;
  readonly words: string;
}

/** `Code: 60. DB::Exception: … (UNKNOWN_TABLE) (version …)`; the type is the last word in brackets before the version. */
function parseAnswer(message: string): Answer | null {
  const match = /Code: (\d+)(?:\. DB::Exception:|, e\.code\(\) = \d+,)? ?(.*)$/s.exec(message);
  if (match === null) return null;
  const words = (match[2] ?? '').replace(/\s*\(version [^()]*(?:\([^()]*\))?\)\s*$/, '').trim();
  const type = /\(([A-Z][A-Z0-9_]{2,})\)$/.exec(words);
  return {
    code: Number(match[1]),
    type: type?.[1] ?? '',
    words: type === null ? words : words.slice(0, type.index).trim(),
  };
}

/** Codes whose text is little but the value: Unknown field: …, Value … cannot be parsed. */
const ONLY_VALUES: ReadonlySet<number> = new Set([117, 457]);

function withoutValues(code: number, words: string): string {
  if (ONLY_VALUES.has(code)) return 'its words quote a value and are left out';
  const line = words.replaceAll(/\s+/g, ' ').trim();
  const safe = QUOTES_VALUES.has(code) ? line.replace(/(['"`]).*\1/, '…').replace(/: .*$/, '') : line;
  return safe.length > LONGEST_WORDS ? `${safe.slice(0, LONGEST_WORDS)}…` : safe;
}
