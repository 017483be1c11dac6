import { randomUUID } from 'node:crypto';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { createClient, ClickHouseLogLevel, type ClickHouseSettings } from '@clickhouse/client';
import type { z } from 'zod';
import { withoutExceptionTrailer } from './exception-trailer.js';
import { checkParameters } from '../parameter-names.js';
import { encodeParameters, type EncodedParameters } from './parameters.js';
import { ServerAnswerError, toWarehouseError } from './server-error.js';
import type { QueryOptions, SqlParameters, SqlText, TableInsert, Warehouse } from './warehouse.js';

/** A ClickHouse by its address, and as whom. */
export interface ClientOptions {
  readonly mode: Warehouse['mode'];
  /** `http://127.0.0.1:8123`, `https://…`. */
  readonly url: string;
  readonly user: string;
  readonly password: string;
  readonly database?: string;
  /** Settings of every statement of this connection. */
  readonly settings?: Readonly<Record<string, string | number>>;
}

interface Statement {
  readonly sql: string;
  readonly parameters?: SqlParameters | undefined;
  readonly body?: Readable;
  readonly settings?: Readonly<Record<string, string | number>> | undefined;
  readonly signal?: AbortSignal | undefined;
}
type Run = <Result>(work: () => Promise<Result>) => Promise<Result>;

/** Longest silence of the server before a statement counts as lost; long merges and mutations answer only at their end. */
const REQUEST_TIMEOUT_MS = 1_800_000;
const SESSION_SECONDS = 3_600;

/** Opens a connection. Nothing is sent before the first statement, and nothing is retried here. */
export function openClient(options: ClientOptions): Warehouse {
  const url = new URL(options.url);
  const compressed = !['127.0.0.1', 'localhost', '[::1]'].includes(url.hostname);
  const client = createClient({
    url: url.origin,
    ...(url.pathname === '/' ? {} : { pathname: url.pathname }),
    username: options.user,
    password: options.password,
    ...(options.database === undefined ? {} : { database: options.database }),
    application: 'wxlive',
    compression: { request: compressed, response: compressed },
    request_timeout: REQUEST_TIMEOUT_MS,
    max_open_connections: 32,
    keep_alive: { enabled: true, idle_socket_ttl: 2_500, eagerly_destroy_stale_sockets: true },
    log: { level: ClickHouseLogLevel.OFF },
  });
  const endpoint = url.origin;

  async function send(statement: Statement, sessionId?: string) {
    const encoded: EncodedParameters =
      statement.parameters === undefined ? { kind: 'none' } : encodeParameters(statement.parameters);
    const settings = {
      ...options.settings,
      ...statement.settings,
      ...(encoded.kind === 'url' ? encoded.entries : {}),
    };
    const body =
      statement.body ??
      (encoded.kind === 'multipart' ? Readable.from([encoded.body], { objectMode: false }) : undefined);
    const common = {
      query: statement.sql,
      // The library cuts error texts at the first word in brackets: they are read here.
      ignore_error_response: true,
      // The library writes settings and parameters into the same query string; ours are formatted already.
      clickhouse_settings: settings as ClickHouseSettings,
      ...(statement.signal === undefined ? {} : { abort_signal: statement.signal }),
      ...(sessionId === undefined ? {} : { session_id: sessionId }),
      ...(encoded.kind === 'multipart' ? { http_headers: { 'Content-Type': encoded.contentType } } : {}),
    };
    return body === undefined ? client.exec(common) : client.exec({ ...common, values: body });
  }

  async function* answer(statement: Statement, sessionId?: string): AsyncGenerator<Uint8Array> {
    const context = { endpoint, carriedRows: statement.body !== undefined };
    let stream: Readable | undefined;
    try {
      const result = await send(statement, sessionId);
      stream = result.stream;
      if (result.http_status_code !== undefined && result.http_status_code >= 400) {
        throw new ServerAnswerError((await text(stream)).slice(0, 16_384), result.http_status_code);
      }
      const tag = result.response_headers['x-clickhouse-exception-tag'];
      yield* withoutExceptionTrailer(stream, typeof tag === 'string' ? tag : undefined);
    } catch (error) {
      statement.signal?.throwIfAborted();
      throw toWarehouseError(error, context);
    } finally {
      // A reader that stops early must not leave the query running nor the socket half read.
      if (stream?.readableEnded === false) stream.destroy();
    }
  }

  function warehouse(sessionId: string | undefined, run: Run): Warehouse {
    const drain = async (statement: Statement) =>
      run(async () => {
        const chunks: Uint8Array[] = [];
        for await (const chunk of answer(statement, sessionId)) chunks.push(chunk);
        return Buffer.concat(chunks);
      });
    const sessionSettings = sessionId === undefined ? {} : { session_timeout: SESSION_SECONDS };
    return {
      mode: options.mode,
      async query<Row extends z.ZodType>(
        sql: SqlText,
        row: Row,
        parameters?: SqlParameters,
        queryOptions?: QueryOptions,
      ) {
        checkParameters(sql, parameters);
        const bytes = await drain({
          sql,
          parameters,
          settings: {
            default_format: 'JSONEachRow',
            output_format_json_quote_64bit_integers: 1,
            ...sessionSettings,
            ...queryOptions?.settings,
          },
          signal: queryOptions?.signal,
        });
        return parseRows(bytes, row);
      },
      stream(sql, format, parameters, queryOptions) {
        checkParameters(sql, parameters);
        return lockedStream(run, () =>
          answer(
            {
              sql,
              parameters,
              settings: { default_format: format, ...sessionSettings, ...queryOptions?.settings },
              signal: queryOptions?.signal,
            },
            sessionId,
          ),
        );
      },
      async insert(request) {
        const selecting = 'statement' in request;
        if (selecting) checkParameters(request.statement, request.parameters);
        await drain({
          sql: selecting ? request.statement : insertText(request),
          ...(selecting ? { parameters: request.parameters } : {}),
          body: Readable.from(request.body instanceof Uint8Array ? [request.body] : request.body, {
            objectMode: false,
          }),
          settings: { async_insert: 0, ...sessionSettings, ...request.settings },
        });
      },
      async command(sql, parameters, queryOptions) {
        checkParameters(sql, parameters);
        await drain({
          sql,
          parameters,
          settings: { ...sessionSettings, ...queryOptions?.settings },
          signal: queryOptions?.signal,
        });
      },
      async session(work) {
        if (sessionId !== undefined) throw new TypeError('a session is already open: use its warehouse');
        const id = randomUUID();
        try {
          return await work(warehouse(id, oneAfterTheOther()));
        } finally {
          // Best effort: the temporary tables go now instead of after the session's timeout.
          await send({ sql: 'SELECT 1', settings: { close_session: 1 } }, id).then(
            ({ stream }) => stream.destroy(),
            () => undefined,
          );
        }
      },
      async ping() {
        await drain({ sql: 'SELECT 1', settings: sessionSettings });
      },
      async close() {
        if (sessionId === undefined) await client.close();
      },
    };
  }
  return warehouse(undefined, (work) => work());
}

/** A server session refuses a second statement while the first runs: they wait here. */
function oneAfterTheOther(): Run {
  let last: Promise<unknown> = Promise.resolve();
  return (work) => {
    const result = last.then(work);
    last = result.catch(() => undefined);
    return result;
  };
}

/** A stream that holds its turn of `run` from its first byte to its end. */
async function* lockedStream(run: Run, open: () => AsyncGenerator<Uint8Array>): AsyncGenerator<Uint8Array> {
  let finish: () => void = () => undefined;
  const finished = new Promise<void>((resolve) => (finish = resolve));
  await new Promise<void>((started) => {
    void run(() => {
      started();
      return finished;
    });
  });
  try {
    yield* open();
  } finally {
    finish();
  }
}

function parseRows<Row extends z.ZodType>(bytes: Buffer, row: Row): z.infer<Row>[] {
  const rows: z.infer<Row>[] = [];
  let start = 0;
  while (start < bytes.length) {
    const newline = bytes.indexOf(10, start);
    const end = newline === -1 ? bytes.length : newline;
    if (end > start) rows.push(row.parse(JSON.parse(bytes.toString('utf8', start, end))));
    start = end + 1;
  }
  return rows;
}

function insertText(request: TableInsert): string {
  const names = [...request.table.split('.'), ...request.columns];
  if (request.columns.length === 0 || !names.every((name) => /^[A-Za-z_][A-Za-z0-9_]*$/.test(name))) {
    throw new TypeError(`an insert names its table and columns plainly: ${request.table}`);
  }
  return `INSERT INTO ${request.table} (${request.columns.join(', ')}) FORMAT ${request.format}`;
}
