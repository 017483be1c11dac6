import type { Language, Words } from '../ports.js';

/** How a figure is written: a fraction as a percentage, fen as 元, seconds as h:mm:ss. */
export type MetricKind = 'integer' | 'decimal' | 'percent' | 'money_fen' | 'duration_seconds';

/** What a metric is; every output that shows one takes its words from here. */
export interface Metric extends Words {
  /** Column name in views and results: `gmv_fen`. */
  readonly id: string;
  /** Above a narrow column, where its table says the rest. */
  readonly short?: Words;
  /** How it is made. */
  readonly definition: Words;
  /** What whoever compares or adds it should know. */
  readonly caveat?: Words;
  readonly kind: MetricKind;
  /** 人, 次, 单, 元, 秒, % … as people are shown it. */
  readonly unit: string;
  /** Counted in people (人数), in acts (次数), or what a rate is over. */
  readonly base: string;
  /** View and column, or the analysis. */
  readonly source: string;
}

/** Units and bases that are no metric's name. */
const ENGLISH: ReadonlyMap<string, string> = new Map([
  ['人', 'people'],
  ['次', 'times'],
  ['条', 'comments'],
  ['单', 'orders'],
  ['元', 'CNY'],
  ['秒', 's'],
  ['行', 'rows'],
  ['分钟', 'min'],
  ['天', 'days'],
  ['百分点', 'percentage points'],
  ['人数', 'people'],
  ['次数', 'acts'],
  ['金额', 'money'],
  ['上一步骤人数', 'viewers of the step before'],
  ['第一步人数', 'viewers of the first step'],
  ['起点人数', 'starters'],
  ['全部人数', 'all viewers'],
  ['基准', 'the baseline'],
]);

/** A unit or a base as people of the language read it; bases may be names of metrics. */
export function unitWord(text: string, language: Language, metrics: readonly Metric[]): string {
  if (language === 'zh') return text;
  return ENGLISH.get(text) ?? metrics.find(({ zh }) => zh === text)?.en ?? text;
}

/** The comment of a view's column that holds the metric: `Chinese | English`, money in the unit that is stored. */
export function metricComment({ id, zh, en, definition, caveat }: Metric): string {
  const [fen, inFen] = id.endsWith('_fen') ? ['（分）', ' in fen'] : ['', ''];
  const [beware, bewareEnglish] = caveat === undefined ? ['', ''] : [`；${caveat.zh}`, `; ${caveat.en}`];
  return `${zh}${fen}：${definition.zh}${beware} | ${en}${inFen}: ${definition.en}${bewareEnglish}`;
}
