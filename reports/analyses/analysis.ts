import type { z } from 'zod';

import {
  fail,
  parseSpec,
  resolveTimeRange,
  type AnalysisFailure,
  type AnsweredFailure,
  type CommonSpec,
  type Language,
  type Outcome,
  type TimeRange,
} from '../../schemas/index.js';
import { WarehouseError, type QueryOptions, type Warehouse } from '../../sql/index.js';
import type { ChartModel } from '../render/chart-model.js';
import type { ListedTable } from '../render/table-model.js';

import { IntegrityError } from './integrity-error.js';
import { ANALYSIS_MEMORY_BYTES, refusingTooMuch, withinLimits } from './within-limits.js';

/** What an analysis is told besides its spec. */
export interface AnalysisContext {
  /** The report time zone: days, bare dates, instants in results. */
  readonly timeZone: string;
  /** Of remarks beside the figures; default zh. */
  readonly language?: Language;
  readonly signal?: AbortSignal;
  /** Funnel: list the viewers who stopped at this step. */
  readonly viewersAt?: number;
}

type RangedSpec = Pick<CommonSpec, 'from' | 'to'>;

/** What an analysis runs with: what it was told, and what every spec says in the same way. */
export interface RunContext extends AnalysisContext {
  /** `from` and `to` of the spec. */
  readonly range: TimeRange;
  /** Of statements that answer at length: they end when nobody waits any more. */
  readonly streaming: Pick<QueryOptions, 'signal'>;
}

/** One analysis (PRODUCT §6): the command, the HTTP route, the report section and the help come from this object. */
export interface Analysis<Spec extends z.ZodType<RangedSpec>, Result extends z.ZodType> {
  readonly name: string;
  /** What people call it. */
  readonly title: Readonly<Record<Language, string>>;
  readonly spec: Spec;
  readonly result: Result;
  /** A spec that runs on the demo's data. */
  readonly example: z.input<Spec>;
  /** Expected failures (a field that does not exist) are values; the database's own are thrown. */
  run(
    warehouse: Warehouse,
    spec: z.output<Spec>,
    context: RunContext,
  ): Promise<Outcome<z.output<Result>, AnalysisFailure>>;
  tables(result: z.output<Result>, language: Language): readonly ListedTable[];
  charts(result: z.output<Result>, language: Language): readonly ChartModel[];
}

/** A result with the ways to show it. */
export interface AnalysisAnswer {
  /** The JSON of PRODUCT §6. */
  readonly result: unknown;
  tables(language: Language): readonly ListedTable[];
  charts(language: Language): readonly ChartModel[];
}

/** An analysis as the list of them holds it: takes what a user wrote. */
export interface RegisteredAnalysis {
  readonly name: string;
  readonly title: Readonly<Record<Language, string>>;
  readonly spec: z.ZodType;
  readonly result: z.ZodType;
  readonly example: unknown;
  /** Checks the spec, fills in defaults and runs. */
  answer(
    warehouse: Warehouse,
    input: unknown,
    context: AnalysisContext,
  ): Promise<Outcome<AnalysisAnswer, AnsweredFailure>>;
}

/** Makes an analysis ready for the list; its statements hold no more memory than said. */
export function register<Spec extends z.ZodType<RangedSpec>, Result extends z.ZodType>(
  analysis: Analysis<Spec, Result>,
  memoryBytes = ANALYSIS_MEMORY_BYTES,
): RegisteredAnalysis {
  return {
    name: analysis.name,
    title: analysis.title,
    spec: analysis.spec,
    result: analysis.result,
    example: analysis.example,
    async answer(warehouse, input, context) {
      const spec = parseSpec(analysis.spec, input);
      if (!spec.ok) return worded(spec.failure, context);
      const range = resolveTimeRange(spec.value, context.timeZone);
      if (!range.ok) return worded(range.failure, context);
      const streaming = context.signal === undefined ? {} : { signal: context.signal };
      const outcome = await refusingTooMuch(memoryBytes, () =>
        analysis.run(withinLimits(warehouse, memoryBytes), spec.value, {
          ...context,
          range: range.value,
          streaming,
        }),
      );
      if (!outcome.ok) return worded(outcome.failure, context);
      const result = outcome.value;
      return {
        ok: true,
        value: {
          result,
          tables: (language) => analysis.tables(result, language),
          charts: (language) => analysis.charts(result, language),
        },
      };
    },
  };
}

/** As `answer` of one spec among several: what the database refuses, or does not add up, spoils none of the others. */
export async function answerOneOfMany(
  analysis: RegisteredAnalysis,
  warehouse: Warehouse,
  input: unknown,
  context: AnalysisContext,
): Promise<Outcome<AnalysisAnswer, AnsweredFailure>> {
  try {
    return await analysis.answer(warehouse, input, context);
  } catch (error) {
    if (!(error instanceof WarehouseError) && !(error instanceof IntegrityError)) throw error;
    const message = error instanceof WarehouseError ? 'the database did not answer it' : error.message;
    const zh = error instanceof WarehouseError ? '数据库没有给出答案' : `核对未通过：${error.message}`;
    return worded({ code: 'not_answered', message, zh }, context);
  }
}

/** A failure in the language of whoever asks, as it is answered: code and message. */
function worded(
  { code, message, zh }: AnalysisFailure,
  { language = 'zh' }: AnalysisContext,
): Outcome<never, AnsweredFailure> {
  return fail({ code, message: language === 'zh' ? zh : message });
}
