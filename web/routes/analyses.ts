import {
  ANALYSES,
  answerOneOfMany,
  findAnalysis,
  type AnalysisContext,
  type RegisteredAnalysis,
} from '../../reports/index.js';
import { didYouMean, shownName, type Language } from '../../schemas/index.js';
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
  const analysis = findAnalysis(name);
  if (analysis === undefined) {
    endUpload(exchange);
    replyError(response, 404, 'not_found', unknownName(name, tools.language));
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
    replyError(response, 400, 'not_json', tools.language === 'zh' ? '规格不是 JSON' : 'the spec is not JSON');
    return;
  }
  const context = contextOf(exchange, tools);
  if (!Array.isArray(specs)) {
    const outcome = await analysis.answer(tools.warehouse, specs, context);
    reply(response, outcome.ok ? 200 : 400, bodyOf(outcome));
    return;
  }
  if (specs.length > MOST_SPECS) {
    const zh = `一次最多 ${MOST_SPECS} 个规格`;
    replyError(
      response,
      400,
      'bad_spec',
      tools.language === 'zh' ? zh : `at most ${MOST_SPECS} specs at once`,
    );
    return;
  }
  const results: unknown[] = [];
  for (const spec of specs as readonly unknown[]) {
    if (exchange.signal.aborted) return;
    results.push(bodyOf(await answerOneOfMany(analysis, tools.warehouse, spec, context)));
  }
  reply(response, 200, results);
}

function contextOf(exchange: Exchange, { timeZone, language }: AnalysesTools): AnalysisContext {
  const viewersAt = queryValue(exchange, 'viewers_at');
  return {
    timeZone,
    language,
    signal: exchange.signal,
    ...(viewersAt === null ? {} : { viewersAt: Number(viewersAt) }),
  };
}

function bodyOf(outcome: Awaited<ReturnType<RegisteredAnalysis['answer']>>): unknown {
  return outcome.ok ? outcome.value.result : { error: outcome.failure };
}

function unknownName(name: string, language: Language): string {
  const known = ANALYSES.map((analysis) => analysis.name);
  return language === 'zh'
    ? `没有分析「${shownName(name)}」${didYouMean(name, known, 'zh')}；可用 ${known.join('、')}`
    : `no analysis '${shownName(name)}'${didYouMean(name, known)}; known: ${known.join(', ')}`;
}
