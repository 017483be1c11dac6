/** What a metric is; every output that shows one takes its words from here. */
export interface Metric {
  /** Column name in views and results: `gmv_fen`. */
  readonly id: string;
  readonly zh: string;
  readonly en: string;
  /** How it is made, in both languages. */
  readonly definition: { readonly zh: string; readonly en: string };
  /** 人, 次, 单, 元, 秒, % … */
  readonly unit: string;
  /** Counted in people (人), in acts (次), or what a rate is over. */
  readonly base: string;
  /** View and column, or the analysis. */
  readonly source: string;
}
