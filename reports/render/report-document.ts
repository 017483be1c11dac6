import type { Language } from '../../schemas/index.js';
import type { ChartModel } from './chart-model.js';
import type { ColumnKind, TableModel } from './table-model.js';

/** A whole report, computed and worded, before it is a workbook or a PDF. */
export interface ReportDocument {
  /** Name of the definition: `daily-live-brief`. */
  readonly name: string;
  readonly title: string;
  readonly subtitle: string;
  readonly period: ReportPeriod;
  readonly state: ReportState;
  /** Why it is provisional: which source is late. Null when complete. */
  readonly stateNote: string | null;
  /** UTC milliseconds: nothing that arrived later is in it. */
  readonly dataAsOf: number;
  /** Whom it is for; shown as the watermark. Null: nobody in particular. */
  readonly recipient: string | null;
  readonly language: Language;
  /** IANA name; every instant is shown in it. */
  readonly timeZone: string;
  /** Up to three figures that matter. */
  readonly highlights: readonly Highlight[];
  /** At most three sentences: what moved. Empty when nothing did. */
  readonly summary: readonly string[];
  readonly sections: readonly Section[];
  /** The definition of every metric the report shows. */
  readonly metrics: readonly MetricEntry[];
}

export type ReportState = 'complete' | 'provisional';

export interface ReportPeriod {
  /** UTC milliseconds, half open. */
  readonly from: number;
  readonly to: number;
  /** As people say it: `2026-09-10（周四）`. */
  readonly label: string;
}

/** A key figure. */
export interface Highlight {
  readonly label: string;
  readonly value: number | null;
  readonly kind: Exclude<ColumnKind, 'text' | 'day'>;
  /** (value − previous) / previous as a fraction; null when there is nothing to compare with. */
  readonly change: number | null;
  /** What it is compared with: 较上一场. */
  readonly comparedWith?: string;
  /** Further lines below: the same weekday, the target. */
  readonly also?: readonly HighlightNote[];
  /** Whether a rise is good news (default `up`). */
  readonly better?: 'up' | 'down';
  readonly metricId?: string;
}

/** A key figure beside something else: its change, or its share of a target. */
export interface HighlightNote {
  readonly label: string;
  /** A change as in `Highlight.change`, or what was reached of the target. */
  readonly fraction: number;
  readonly kind: 'change' | 'share';
}

export interface Section {
  /** kebab-case, unique in the report. */
  readonly id: string;
  readonly title: string;
  readonly note?: string;
  /** Paragraphs above the tables. */
  readonly text?: readonly string[];
  readonly tables: readonly TableModel[];
  readonly charts: readonly ChartModel[];
}

/** One line of the metric dictionary. */
export interface MetricEntry {
  readonly id: string;
  readonly zh: string;
  readonly en: string;
  /** What stands above its column where that is narrow; null: its name. */
  readonly short: string | null;
  readonly definition: string;
  /** What to know before it is compared or added up; empty for most. */
  readonly caveat: string;
  /** 人, 次, 元, 秒, %. */
  readonly unit: string;
  /** What is counted: 人 or 次, or what a rate is over. */
  readonly base: string;
  /** Where it comes from: view and column. */
  readonly source: string;
}
