import type { Language } from '../../schemas/index.js';

/** Every label that outputs put around the content of a report, by key; `{name}` is a place for a value. */
const WORDING = {
  cover: { zh: '封面', en: 'Cover' },
  summary: { zh: '摘要', en: 'Summary' },
  period: { zh: '统计周期', en: 'Period' },
  dataAsOf: { zh: '数据截至', en: 'Data as of' },
  state: { zh: '数据状态', en: 'Data state' },
  stateComplete: { zh: '完整', en: 'Complete' },
  stateProvisional: { zh: '暂定', en: 'Provisional' },
  recipient: { zh: '接收人', en: 'Recipient' },
  watermark: { zh: '仅供 {recipient} 使用，请勿转发', en: 'For {recipient} only, do not forward' },
  keyFigures: { zh: '关键指标', en: 'Key figures' },
  comparedWithPrevious: { zh: '较上期', en: 'vs previous' },
  noComparison: { zh: '无对比', en: 'no comparison' },
  contents: { zh: '目录', en: 'Contents' },
  sheet: { zh: '工作表', en: 'Sheet' },
  content: { zh: '内容', en: 'Content' },
  metricDictionary: { zh: '指标字典', en: 'Metrics' },
  metricCaveat: { zh: '注意', en: 'Caveats' },
  metricId: { zh: '标识', en: 'Id' },
  metricName: { zh: '指标', en: 'Metric' },
  metricOtherName: { zh: '英文名', en: 'Chinese name' },
  metricDefinition: { zh: '口径', en: 'Definition' },
  metricUnit: { zh: '单位', en: 'Unit' },
  metricBase: { zh: '计数对象', en: 'Base' },
  metricSource: { zh: '来源', en: 'Source' },
  total: { zh: '合计', en: 'Total' },
  noRows: { zh: '没有数据', en: 'No data' },
  chartData: { zh: '图表数据', en: 'Chart data' },
  time: { zh: '时间', en: 'Time' },
  category: { zh: '类别', en: 'Category' },
  step: { zh: '步骤', en: 'Step' },
  viewers: { zh: '人数', en: 'Viewers' },
  fromPrevious: { zh: '环节转化率', en: 'From previous' },
  fromFirst: { zh: '总转化率', en: 'From first' },
  continued: { zh: '{title}（续 {part}）', en: '{title} (part {part})' },
  seeDetail: { zh: '明细见工作表「{sheet}」', en: 'Rows are in sheet "{sheet}"' },
  rowsLeftOut: {
    zh: '仅列出前 {count} 行，全部明细见工作簿',
    en: 'First {count} rows; all of them are in the workbook',
  },
  barsLeftOut: { zh: '图中未列出其余 {count} 项', en: '{count} more are not in the chart' },
  cutText: { zh: '…[已截断]', en: '…[cut]' },
  page: { zh: '第 {page} 页 / 共 {pages} 页', en: 'Page {page} of {pages}' },
  timeZoneNote: { zh: '时间均为 {timeZone} 时区', en: 'All times are in {timeZone}' },
  metricsContent: { zh: '各指标的口径、单位与来源', en: 'How every figure is defined, its unit and source' },
  chartDataContent: { zh: '各图表背后的数字', en: 'The figures behind the charts' },
  yuan: { zh: '（元）', en: ' (CNY)' },
  blankCells: {
    zh: '空白单元格表示该平台无法提供此数字，不是零。',
    en: 'A blank cell is a figure its platform cannot know, not a zero.',
  },
  provisionalNote: {
    zh: '部分来源尚未到齐，数字可能变化',
    en: 'Some sources have not arrived yet, figures may change',
  },
} as const satisfies Record<string, Readonly<Record<Language, string>>>;

export type WordingKey = keyof typeof WORDING;

/** The label for `key`, with `{name}` replaced from `values`. */
export function say(
  language: Language,
  key: WordingKey,
  values: Readonly<Record<string, string | number>> = {},
): string {
  return WORDING[key][language].replaceAll(/\{(\w+)\}/g, (place, name: string) =>
    String(values[name] ?? place),
  );
}
