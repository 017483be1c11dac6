import type { z } from 'zod';

import { fail, parseSpec, type AnalysisFailure, type Language, type Outcome } from '../../schemas/index.js';
import type { Warehouse } from '../../sql/index.js';
import type { ChartModel } from '../render/chart-model.js';
import type { ListedTable } from '../render/table-model.js';

import { ANALYSIS_MEMORY_BYTES, refusingTooMuch, withinMemory } from './within-memory.js';

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

/** One analysis (PRODUCT §6): the command, the HTTP route, the report section and the help come from this object. */
export interface Analysis<Spec extends z.ZodType, Result extends z.ZodType> {
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
    context: AnalysisContext,
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
  ): Promise<Outcome<AnalysisAnswer, AnalysisFailure>>;
}

/** Makes an analysis ready for the list; its statements hold no more memory than said. */
export function register<Spec extends z.ZodType, Result extends z.ZodType>(
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
      const outcome = await refusingTooMuch(memoryBytes, () =>
        analysis.run(withinMemory(warehouse, memoryBytes), spec.value, context),
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

/** A failure in the language of whoever asks, as it is answered: code and message. */
function worded(
  { code, message, zh }: AnalysisFailure,
  { language = 'zh' }: AnalysisContext,
): Outcome<never, AnalysisFailure> {
  return fail({ code, message: language === 'zh' ? (zh ?? message) : message });
}
