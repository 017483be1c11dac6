import { findAnalysis } from '../../reports/index.js';
import type { Language } from '../../schemas/index.js';
import type { Warehouse } from '../../sql/index.js';
import type { ApiKeys } from '../../pipelines/index.js';
import { queryValue, readerOf } from '../access.js';
import { endUpload, refuseBody, type BodyReader } from '../read-body.js';
import { reply, replyBusy, replyError } from '../reply.js';
import type { Exchange, Route } from '../route.js';

export interface AnalysesTools {
  readonly warehouse: Warehouse;
  readonly readKeys: ApiKeys;
  readonly bodies: BodyReader;
  readonly timeZone: string;
  readonly language: Language;
  /** Analyses at once; further ones are told to come again. */
  readonly mostAtOnce?: number;
}

const MOST_AT_ONCE = 4;
const MOST_SPECS = 100;

/** `POST /v1/analyses/:name`: spec in, result out; an array is answered in its order (PRODUCT §6, §9). */
export function analysesRoute(tools: AnalysesTools): Route {
  let running = 0;
  return {
    method: 'POST',
    path: '/v1/analyses/:name',
    async handle(exchange) {
      if (readerOf(exchange, tools.readKeys) === null) return;
      if (running >= (tools.mostAtOnce ?? MOST_AT_ONCE)) {
        endUpload(exchange);
        replyBusy(exchange.response, 503, 'busy', 'other analyses are running; ask again', 2);
        return;
      }
      running++;
      try {
        await answerSpecs(exchange, tools);
      } finally {
        running--;
      }
    },
  };
}

async function answerSpecs(exchange: Exchange, tools: AnalysesTools): Promise<void> {
  const { response } = exchange;
  const name = exchange.parameters['name'] ?? '';
  if (findAnalysis(name) === undefined) {
    endUpload(exchange);
    replyError(response, 404, 'not_found', 'no analysis has this name');
    return;
  }
  const read = await tools.bodies.read(exchange);
  if (!read.ok) {
    refuseBody(exchange, read.failure);
    return;
  }
  const text = read.value.bytes.toString('utf8');
  read.value.release();
  let specs: unknown;
  try {
    specs = JSON.parse(text);
  } catch {
    replyError(response, 400, 'not_json', 'the spec is not JSON');
    return;
  }
  if (!Array.isArray(specs)) {
    const answer = await runSpec(exchange, tools, name, specs);
    reply(response, 'failure' in answer ? 400 : 200, 'failure' in answer ? answer.failure : answer.result);
    return;
  }
  if (specs.length > MOST_SPECS) {
    replyError(response, 400, 'bad_spec', `at most ${MOST_SPECS} specs at once`);
    return;
  }
  const results: unknown[] = [];
  for (const spec of specs as readonly unknown[]) {
    if (exchange.signal.aborted) return;
    const answer = await runSpec(exchange, tools, name, spec);
    results.push('failure' in answer ? answer.failure : answer.result);
  }
  reply(response, 200, results);
}

async function runSpec(
  exchange: Exchange,
  { warehouse, timeZone, language }: AnalysesTools,
  name: string,
  spec: unknown,
): Promise<{ readonly result: unknown } | { readonly failure: { readonly error: unknown } }> {
  const viewersAt = queryValue(exchange, 'viewers_at');
  const outcome = await findAnalysis(name)?.answer(warehouse, spec, {
    timeZone,
    language,
    signal: exchange.signal,
    ...(viewersAt === null ? {} : { viewersAt: Number(viewersAt) }),
  });
  if (outcome?.ok === true) return { result: outcome.value.result };
  return { failure: { error: outcome?.failure ?? { code: 'not_found', message: name } } };
}
